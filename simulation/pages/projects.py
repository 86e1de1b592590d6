"""/simulations/<id>/: what a project holds, measures and is judged to be; its versions."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_core.desk.tabs import page
from gis_core.errors import NotFound
from gis_core.http.admission import PARCELS, limit_concurrency
from gis_core.http.middleware import rights_of_request, signed_in_user
from simulation.pages.frame import show
from simulation.pages.project_page import TAB, sheet_context, show_project
from simulation.services import projects


@require_safe
@page
@limit_concurrency(PARCELS)
def project_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """A project: its variants side by side, their rules, its files, its versions, who reads it."""
    rights = rights_of_request(request)
    return show_project(request, projects.project_seen_by(project_id, rights), rights)


@require_safe
@page
@limit_concurrency(PARCELS)
def version_page(request: HttpRequest, project_id: int, number: int) -> HttpResponse:
    """What a project held when it was saved as this version."""
    rights = rights_of_request(request)
    project = projects.project_seen_by(project_id, rights)
    version = next((one for one in projects.versions_of(project) if one.number == number), None)
    if version is None:
        raise NotFound(_("The project has no such version."))
    writes = projects.may_write(project, rights)
    current = project.version == number
    project.name, project.idus = version.content["name"], version.content["parcels"]
    project.permit, project.variants = version.content["permit"], version.content["variants"]
    context = sheet_context(project, rights) | {"version": version, "writes": writes, "is_current": current}
    return show(request, "project_version", TAB, context)


@require_POST
@page
@transaction.atomic
def restore(request: HttpRequest, project_id: int, number: int) -> HttpResponse:
    """Bring a former version back, as a new one."""
    rights = rights_of_request(request)
    project = projects.project_seen_by(project_id, rights)
    projects.check_may_write(project, rights)
    projects.restore_version(projects.lock_project(project), number, signed_in_user(request), rights)
    messages.success(request, _("Version %(number)s is the current one again.") % {"number": number})
    return redirect("simulation_project", project_id)


@require_POST
@page
@transaction.atomic
def archive(request: HttpRequest, project_id: int) -> HttpResponse:
    """Take a project out of the lists."""
    rights = rights_of_request(request)
    project = projects.project_seen_by(project_id, rights)
    projects.check_may_write(project, rights)
    projects.archive_project(projects.lock_project(project), rights)
    messages.success(request, _("The project is archived: any of its versions brings it back."))
    return redirect("simulation_projects")
