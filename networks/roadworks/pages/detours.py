"""/voirie/travaux/<id>/deviation/: the way around works, computed, kept, confirmed, dropped."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from gis_core.desk.parameters import whole_number
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Invalid
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights
from networks.roadworks.gauges import GAUGES, LARGEST, Gauge, gauge_of
from networks.roadworks.models import Work, WorkDetour
from networks.roadworks.pages.frame import ORDERS_TAB, show_page
from networks.roadworks.pages.order_parts import detour_context
from networks.roadworks.services import keeping, works
from networks.roadworks.services.detours import describe_missing


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detour(request: HttpRequest, work_id: int) -> HttpResponse:
    """The detours of works; POST computes and keeps them, or confirms or drops one."""
    rights = rights_of_request(request)
    work = works.one(work_id, rights)
    refused, status = "", 200
    details: dict[str, Any] = {}
    if request.method == "POST":
        try:
            change_detour(request, work, rights)
        except ArpentError as error:
            refused, status, details = error.message, status_of(error), error.extra
            work = works.one(work_id, rights)
        else:
            return redirect("work", work.pk)
    kept = list(WorkDetour.objects.filter(work=work))
    may = works.may_write(work.owner_id, rights)
    offered = details.get("offered", "")
    part = detour_context(
        work, kept, may, chosen=offered or request.POST.get("gauge", ""), blocking=details.get("blocking", ())
    )
    context = {"part": part, "work": work, "refused": refused, "offered": GAUGES[offered][0] if offered else ""}
    return show_page(request, "detour_page", ORDERS_TAB, context, status)


def change_detour(request: HttpRequest, work: Work, rights: Rights) -> None:
    """Do what the form asks of a detour: drop it, confirm it, or compute and keep one; messages say what came of it.

    Raises ArpentError.
    """
    given = request.POST
    if given.get("do") in ("drop", "confirm"):
        number = whole_number(given.get("detour", "")) or 0
        if given["do"] == "drop":
            keeping.drop(work, number, rights=rights)
            messages.success(request, _("The detour is dropped."))
        else:
            keeping.confirm(work, number, rights=rights)
            messages.success(request, _("The detour is kept as it is."))
        return
    # What is kept goes into orders, which are in French.
    with override("fr"):
        gauge, label = vehicle_of(given.get("gauge", ""), given)
        label = str(label)
    made, result = keeping.keep_detours(work, gauge, label, rights=rights)
    for line in describe_missing(result.missing):
        messages.warning(request, line)
    if result.offered:
        message = _("There is a way for “%(vehicle)s”.")
        messages.info(request, message % {"vehicle": GAUGES[result.offered][0]})
    if result.works:
        titles = ", ".join(sorted(result.works.values()))
        messages.info(request, _("Other works of the same days are avoided: %(works)s.") % {"works": titles})
    if made:
        messages.success(request, _("The detour is kept."))


def vehicle_of(code: str, given: Mapping[str, str]) -> tuple[Gauge, str]:
    """A vehicle of the list, or the measures that were typed. Raises Invalid."""
    typed = {name: number_in(given, name) for name in LARGEST}
    typed = {name: value for name, value in typed.items() if value is not None}
    if typed:
        gauge = Gauge(**typed)
        return gauge, str(gauge)
    gauge = gauge_of(code)
    return gauge, str(GAUGES[code][0])


def number_in(given: Mapping[str, str], name: str) -> float | None:
    """A number of the form, with a point or a comma; None for no text. Raises Invalid."""
    text = given.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise Invalid(_("“%(text)s” is no number.") % {"text": text[:20]}, parameter=name) from error
