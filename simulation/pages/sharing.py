"""/simulations/<id>/partage/ and liens/: members that read a project, links by which anybody does until a day."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.desk.form_keys import lead_to
from gis_core.desk.forms import blame
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError
from gis_core.http.admission import PARCELS, limit_concurrency
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members.rights import Rights, current_rights
from gis_core.tokens import links
from simulation.models import Project
from simulation.pages.project_page import LinkForm, ShareForm, sheet_context, show_project
from simulation.services import projects


def project_to_share(request: HttpRequest, project_id: int) -> tuple[Project, Rights]:
    """A project that the asker changes. Raises NotFound, Forbidden."""
    rights = rights_of_request(request)
    project = projects.project_seen_by(project_id, rights)
    projects.check_may_write(project, rights)
    return project, rights


@require_POST
@page
@transaction.atomic
def share(request: HttpRequest, project_id: int) -> HttpResponse:
    """Choose the members that read a project."""
    project, rights = project_to_share(request, project_id)
    form = ShareForm(request.POST, project=project)
    if not form.is_valid():
        return show_project(request, project, rights, {"share_form": form}, 400)
    projects.share_project(projects.lock_project(project), form.cleaned_data["members"], rights)
    messages.success(request, _("Who reads the project is saved."))
    return redirect("simulation_project", project_id)


@require_POST
@page
def make_link(request: HttpRequest, project_id: int) -> HttpResponse:
    """Make a link that ends; this page alone shows its address."""
    project, rights = project_to_share(request, project_id)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return show_project(request, project, rights, {"link_form": form}, 400)
    try:
        link, secret = projects.make_project_link(
            project, form.cleaned_data["last_date"], signed_in_user(request), rights
        )
    except ArpentError as error:
        return show_project(request, project, rights, {"link_form": form}, blame(form, error))
    address = request.build_absolute_uri(reverse("simulation_linked", args=[secret]))
    answer = show_project(request, project, rights, {"new_link": link, "new_address": address})
    return lead_to(answer, reverse("simulation_project", args=[project_id]))


@require_POST
@page
@transaction.atomic
def revoke_link(request: HttpRequest, project_id: int, link_id: int) -> HttpResponse:
    """Close a link at once."""
    project, rights = project_to_share(request, project_id)
    projects.revoke_project_link(project, link_id, rights)
    messages.success(request, _("The link is closed: it opens nothing any more."))
    return redirect("simulation_project", project_id)


@require_safe
@never_cache
@limit_concurrency(PARCELS)
def linked_page(request: HttpRequest, secret: str) -> HttpResponse:
    """The project of a link, for whoever has it; nothing can be changed here."""
    with transaction.atomic(), links.open_link(secret, projects.LINK_KIND) as project_id:
        rights = current_rights() or Rights()
        context = sheet_context(projects.project_seen_by(project_id, rights), rights)
        answer = render(request, "simulation/project_linked.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
