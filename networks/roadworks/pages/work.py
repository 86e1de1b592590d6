"""/voirie/travaux/<id>/: works entered, changed, announced, cancelled; their conflicts; the way to a notice."""

import json
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gis_core.desk.forms import blame
from gis_core.desk.parameters import integer
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Invalid, Stale
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from gis_core.models import Commune, Member
from networks.roadworks.days import format_days, reading_of
from networks.roadworks.feeds import traffic_of
from networks.roadworks.models import Work
from networks.roadworks.pages.forms import VALUES, WorkChangeForm, WorkForm
from networks.roadworks.pages.frame import TAB, show_page, stretch_map, works_map, writing_for
from networks.roadworks.points import WORK_PARTS
from networks.roadworks.services import neighbours, publication, works
from networks.roadworks.services.beginnings import from_outage, outage_of
from networks.roadworks.services.conflicts import Conflict, ConflictQuery, Severity, conflicts_of

READ_AND_SEND: Final = ["GET", "HEAD", "POST"]
SEEN: Final = "works,road-sections,parcels,roads,communes"


# -- one of them ------------------------------------------------------------------------------------------------------


@require_http_methods(READ_AND_SEND)
@page
def work(request: HttpRequest, work_id: int) -> HttpResponse:
    """The sheet; POST announces, cancels, or begins the notice that tells of it those who were warned."""
    rights = rights_of_request(request)
    work, refused, status = works.one(work_id, rights), "", 200
    if request.method == "POST":
        try:
            return act_on_work(request, work, rights)
        except ArpentError as error:
            refused, status = error.message, status_of(error)
            work = works.one(work_id, rights)
    commune = Commune.objects.filter(insee=work.insee).values_list("name", flat=True).first() or ""
    context = {
        "one": work,
        "state": works.describe_state(work),
        "commune": commune,
        "days": format_days(work.starts_on, work.ends_on),
        "traffic": traffic_of(work),
        "closed_end": works.end_of_closed_direction(work),
        "reading": reading_of(work.hours or ""),
        "conflicts": conflict_rows(conflicts_of(ConflictQuery.of(work), rights))
        if work.state != Work.State.CANCELLED
        else [],
        "may_write": works.may_write(work.owner_id, rights),
        "over": works.is_over(work),
        "outage": outage_of(work.outage_id, rights),
        "parts": [
            render_to_string(rendered[0], {"work": work} | rendered[1], request)
            for part in WORK_PARTS.all()
            if (rendered := part(request, work, rights)) is not None
        ],
        "on_map": on_map(work),
        "length": work.geom.length,
        "refused": refused,
        "order_warnings": publication.differences(publication.list_published_orders(work.pk), work),
        "small_map": works_map(extent_4326(work.owner), features=[shape_of(work)]),
    }
    return show_page(request, "work", TAB, context, status)


def act_on_work(request: HttpRequest, work: Work, rights: Rights) -> HttpResponse:
    """Do what the form asks of works (plan, cancel, tell the neighbours) and go to the page that shows it.

    Raises Invalid, Forbidden, Stale, Conflict.
    """
    given = {name: str(value) for name, value in request.POST.items()}
    version = integer(given, "version", 0, 0, 2**31 - 1)
    match request.POST.get("do", ""):
        case "plan":
            works.announce(work=work, version=version, rights=rights)
            messages.success(request, _("The works are planned: everybody sees them."))
        case "cancel":
            gone = works.cancel(work=work, version=version, rights=rights) is None
            message = _("The draft of these works is deleted.")
            if not gone:
                message = _("The works are cancelled; calendars that hold them are told.")
            messages.success(request, f"{message} {publication.still_published(work.pk)}".strip())
            if gone:
                return redirect("works")
            warn_of_notices(request, works.one(work.pk, rights), rights)
        case "tell":
            notice = neighbours.draft_update(work, integer(given, "notice", 0, 0, works.LARGEST_ID), rights=rights)
            return redirect("notice", notice.pk)
        case _:
            raise Invalid(_("There is no such action."), parameter="do")
    return redirect("work", work.pk)


def warn_of_notices(request: HttpRequest, work: Work, rights: Rights) -> None:
    """Whoever cancels works or moves them reads that people were told otherwise."""
    count = len(neighbours.untold(work, neighbours.notices_of(work, rights)))
    if count:
        message = ngettext(
            "A notice went out for these works: tell its people, below.",
            "%(count)s notices went out for these works: tell their people, below.",
            count,
        )
        messages.warning(request, message % {"count": count})


def shape_of(work: Work) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": work.pk,
        "geometry": json.loads(work.geom.transform(4326, clone=True).geojson),
        "properties": {"measure": work.measure, "title": work.title},
    }


def on_map(work: Work) -> str:
    """The map, on the works, with their sheet open."""
    place = work.geom.point_on_surface
    place.transform(4326)
    return f"{reverse('map')}#v=1&c={place.x:.6f},{place.y:.6f}&z=17&l={SEEN}&s=works.{work.pk}"


def conflict_rows(conflicts: list[Conflict]) -> list[dict[str, Any]]:
    return [
        {
            "work": one.work,
            "gravity": one.severity.name.lower(),
            "label": one.severity.label,
            "why": one.why,
            "days": format_days(one.work.starts_on, one.work.ends_on),
        }
        for one in conflicts
    ]


# -- entering, changing -----------------------------------------------------------------------------------------------


@require_http_methods(READ_AND_SEND)
@page
def work_new(request: HttpRequest) -> HttpResponse:
    """The form of new works, from an outage where one is named; POST keeps them."""
    rights = rights_of_request(request)
    members = writing(rights)
    if request.method != "POST":
        return form_page(request, WorkForm(initial=initial_values(request, rights, members), members=members), rights)
    form = WorkForm(request.POST, members=members)
    if not form.is_valid() or request.POST.get("do") == "check":
        return form_page(request, form, rights, status=400 if form.errors else 200)
    try:
        outage = form.cleaned_data["outage"]
        if outage:
            from_outage(outage, rights)
        state = Work.State.PLANNED if request.POST.get("do") == "plan" else Work.State.DRAFT
        made = works.make(owner=form.owner(), rights=rights, state=state, outage_id=outage, **form.values())
    except ArpentError as error:
        return form_page(request, form, rights, status=blame(form, error))
    return answer_saved(request, made, rights)


def writing(rights: Rights) -> list[Member]:
    """The members for which the user plans works. Raises PermissionDenied for none."""
    if not (members := writing_for(rights)):
        raise PermissionDenied
    return members


def initial_values(request: HttpRequest, rights: Rights, members: list[Member]) -> dict[str, Any]:
    """What a new form holds, from an outage or a place on a road. Raises NotFound for an outage that is not seen."""
    given: dict[str, Any] = {"where": "map", "kind": Work.Kind.ROAD, "measure": Work.Measure.NONE}
    if start := request.GET.get("start", "")[:80]:
        given |= {"where": "references", "start": start}
    number = request.GET.get("outage", "")
    if not number:
        return given
    beginning = from_outage(int(number) if number.isascii() and number.isdecimal() and len(number) <= 18 else 0, rights)
    given |= {"kind": Work.Kind.WATER, "measure": Work.Measure.ALTERNATE, "outage": beginning.outage.pk}
    given["title"] = (_("Repair of the main, %(place)s") % {"place": beginning.outage.place}).strip(" ,")[:120]
    if beginning.outage.owner in members:
        given["member"] = beginning.outage.owner.slug
    if beginning.stretch is not None:
        given["geom"] = beginning.stretch.transform(4326, clone=True).geojson
    return given


@require_http_methods(READ_AND_SEND)
@page
def work_change(request: HttpRequest, work_id: int) -> HttpResponse:
    """The form of works that are there."""
    rights = rights_of_request(request)
    work = works.one(work_id, rights)
    works.check_may_write(work.owner_id, rights)
    members = [work.owner]
    if request.method != "POST" and work.state == Work.State.CANCELLED:
        messages.warning(request, _("These works are cancelled: they are not changed any more. Enter new ones."))
        return redirect("work", work.pk)
    form = WorkChangeForm(request, row=work, read=work_values, members=members, kept=work)
    if request.method != "POST":
        return form_page(request, form, rights, work)
    if not form.is_valid() or request.POST.get("do") == "check":
        return form_page(request, form, rights, work, 400 if form.errors else 200)
    try:
        version = form.cleaned_data["version"] or 0
        changed = works.change(work=work, version=version, rights=rights, **form.values())
    except ArpentError as error:
        status = blame(form, error)
        if isinstance(error, Stale):
            form.data["version"] = str(works.one(work_id, rights).version)
        return form_page(request, form, rights, work, status)
    return answer_saved(request, changed, rights)


def work_values(work: Work) -> dict[str, Any]:
    values = {name: getattr(work, name) for name in VALUES}
    here = {"where": "references" if work.start_reference else "map", "version": work.version,
            "start": work.start_reference, "end": work.end_reference,
            "geom": work.geom.transform(4326, clone=True).geojson}  # fmt: skip
    return values | here | {"member": work.owner.slug}


def answer_saved(request: HttpRequest, made: Work, rights: Rights) -> HttpResponse:
    """To the sheet, with what they meet said at once."""
    reference = {"reference": made.reference}
    messages.success(request, _("The works %(reference)s are kept.") % reference)
    grave = [one for one in conflicts_of(ConflictQuery.of(made), rights) if one.severity >= Severity.SERIOUS]
    if grave:
        message = ngettext(
            "They meet other works: read the conflict below.",
            "They meet other works: read the %(count)s conflicts below.",
            len(grave),
        )
        messages.warning(request, message % {"count": len(grave)})
    warn_of_notices(request, made, rights)
    return redirect("work", made.pk)


def form_page(
    request: HttpRequest, form: WorkForm, rights: Rights, work: Work | None = None, status: int = 200
) -> HttpResponse:
    conflicts, stretch = None, None
    if form.is_bound:
        query = form.conflict_query(work)
        conflicts = conflict_rows(conflicts_of(query, rights)) if query else None
        stretch = form.cleaned_data.get("stretch")
    here = stretch if stretch is not None else None if form.is_bound or work is None else work.geom
    if here is not None:
        form.describe_ends(here)
    shape = stretch.transform(4326, clone=True).geojson if stretch is not None else former(form)
    members = list(form.members.values())
    context = {
        "form": form,
        "one": work,
        "conflicts": conflicts,
        "outage": outage_of(outage_in(form), rights),
        "small_map": stretch_map(
            extent_4326(members[0]) if len(members) == 1 else extent_4326(),
            check=reverse("work_check"),
            stretch=shape,
            work=work.pk if work else None,
        ),
    }
    return show_page(request, "work_form", TAB, context, status)


def former(form: WorkForm) -> str:
    """What was on the map before, unless references or a street were to say where: they mean another place."""
    return "" if form.is_bound and form["where"].value() != "map" else form["geom"].value() or ""


def outage_in(form: WorkForm) -> int | None:
    value = form["outage"].value()
    return int(value) if str(value or "").isdecimal() and len(str(value)) <= 18 else None
