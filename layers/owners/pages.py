"""/proprietaires/: who may read owners, the journal of those who did, and a page to consult them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.errors import ArpentError
from gis_core.middleware import rights_of_request
from gis_core.models import Member, User
from gis_core.parameters import Page
from gis_core.problem import status_of
from gis_core.rights import Rights
from gis_core.services.members import administered_member
from layers.owners.forms import ConsultationForm, LevelsForm
from layers.owners.services import journal
from layers.owners.services.access import give_levels, levels_of, open_communes
from layers.owners.services.consulting import consult, demand


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return never_cache(login_required(view))


def rights_of_page(request: HttpRequest) -> Rights:
    """The asker's rights; PermissionDenied for whoever administers nothing."""
    rights = rights_of_request(request)
    if not rights.administers:
        raise PermissionDenied
    return rights


@require_safe
@page
def access_list(request: HttpRequest) -> HttpResponse:
    """The members that the asker administers, with what each role reads there."""
    rights = rights_of_page(request)
    members = [
        {"member": member, "levels": [(role.label, level.label) for role, level in levels_of(member).items()]}
        for member in Member.objects.administered_by(rights)
    ]
    return shown(request, "access_list", {"members": members})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def access(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what each role reads at a member."""
    rights = rights_of_request(request)
    member = administered_member(rights=rights, slug=slug)
    started = {role.value: level.value for role, level in levels_of(member).items()}
    form = LevelsForm(request.POST or None, initial=started)
    if request.method == "POST" and form.is_valid():
        give_levels(slug, form.levels(), rights)
        messages.success(request, _("The access to owners is saved."))
        return redirect("owner_access_list")
    status = 400 if request.method == "POST" else 200
    return shown(request, "access", {"form": form, "member": member}, status)


@require_safe
@page
def journal_page(request: HttpRequest) -> HttpResponse:
    """Who consulted what and why."""
    rights = rights_of_page(request)
    rows, wanted = journal.lines_for(rights), Page.parse(request.GET)
    total = rows.count()
    context = {
        "lines": rows[wanted.stretch()],
        "total": total,
        "flagged": rows.filter(flagged=True).count(),
        "before": wanted.offset - wanted.limit if wanted.offset >= wanted.limit else None,
        "after": wanted.offset + wanted.limit if wanted.offset + wanted.limit < total else None,
    }
    return shown(request, "journal", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def consultation(request: HttpRequest) -> HttpResponse:
    """Ask for the owners of parcels; they are shown once, on this page."""
    initial = {"parcels": request.GET.get("parcels", "")[:4_000]}
    form = ConsultationForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {"form": form, "may_read": bool(open_communes())}
    if request.method != "POST":
        return shown(request, "consultation", context)
    if not form.is_valid():
        return shown(request, "consultation", context, 400)
    assert isinstance(request.user, User)
    try:
        found = consult(demand(*form.asked()), user=request.user, rights=rights_of_request(request))
    except ArpentError as error:
        field = error.extra.get("parameter")
        form.add_error(field if field in form.fields else None, error.message)
        return shown(request, "consultation", context, status_of(error))
    return shown(request, "consultation", context | {"found": found})


def shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"owners/{template}.html", {"section": "members", **context}, status=status)
