"""/permis/<number>/: what comes next, every date with its reason, what happened and who recorded it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.api.views import site
from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Rights
from gis_core.models import Job
from layers.parcels.points import APPLICATION_PARTS, ApplicationFacts
from permits import explanations, labels
from permits.act_explanations import describe_unfit_initial
from permits.dates import DateStatus, status_of_date
from permits.deadlines.clock import Step, Timeline
from permits.deadlines.law import Kind
from permits.models import Event, Figures, Permit
from permits.numbers import Number
from permits.pages.frame import page, permit_of, show_file
from permits.pages.head import head_context, map_address, place_4326
from permits.pages.proposing import shows_proposals
from permits.procedure import COUNTER, State, What
from permits.procedure import OPEN as OPEN_STATES
from permits.services.offers import offers_of
from permits.services.reading import Initials, derive, initials_of, revisions_of, timeline_of
from permits.services.recording import may_record, may_strike, may_write
from permits.services.sheets import OPEN, last_order, order_sheet, read_sheet
from permits.services.signing import proposals_of_file

LIKELY: Mapping[str, tuple[What, ...]] = {
    "notify_by": (What.DOCUMENTS_REQUESTED, What.LONGER_NOTIFIED, What.DECIDED, What.FILING_POSTED),
    "answer_by": (What.DOCUMENTS_RECEIVED, What.LONGER_NOTIFIED, What.DECIDED),
    "due": (What.DECIDED, What.DOCUMENTS_REQUESTED, What.LONGER_NOTIFIED, What.ARCHITECT_SAID, What.FILING_POSTED),
    State.RECEIVED: (What.REPORTED,),
    State.INSTRUCTION: (What.REPORTED,),
    State.GRANTED: (What.POSTED_AT_TOWN_HALL, What.POSTED_ON_SITE, What.WORKS_STARTED, What.EXTENDED),
    State.WORKS: (What.WORKS_FINISHED,),
    State.FINISHED: (What.CONTESTED, What.ATTESTED),
    State.DEFERRED: (What.CONFIRMED, What.DECIDED),
    State.REVOKED: (What.CONFIRMED, What.DECIDED),
    State.ANNULLED: (What.CONFIRMED, What.DECIDED),
}
"""What usually comes next, by the next deadline or the state; the clock says what of it has an effect (`offers`)."""


@dataclass(frozen=True, slots=True)
class Date:
    """A step of the timeline as the page shows it."""

    step: Step
    explanation: explanations.Explanation
    status: DateStatus
    first_ahead: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history: an event, what it holds, what it changed, whether the asker may strike it out."""

    event: Event
    facts: Sequence[str]
    changes: Sequence[str]
    strikable: bool


def parts_of_others(permit: Permit, figures: Figures, rights: Rights) -> list[tuple[str, Mapping[str, Any]]]:
    """What other apps say of the file: the template of each part, and its context."""
    facts = ApplicationFacts(
        number=permit.number,
        idus=tuple(permit.idus),
        place_4326=place_4326(permit),
        floor_created_m2=as_float(figures.floor_created_m2),
        emprise_created_m2=as_float(figures.emprise_created_m2),
        height_m=as_float(figures.height_m),
    )
    return [made for part in APPLICATION_PARTS.all() if (made := part(facts, rights)) is not None]


def as_float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


@require_safe
@page
def procedure(request: HttpRequest, permit: str) -> HttpResponse:
    """The timeline of a file and its history."""
    application, rights = permit_of(request, permit), rights_of_request(request)
    rows = list(Event.objects.filter(permit=application).select_related("recorded_by", "struck_by"))
    today = database_clock.today()
    initials = initials_of([application], today)
    derive(application, rows, today, initials)
    timeline = timeline_of(application, rows, today, initials)
    offers = offers_of(application, rows, may_record(application, rights), likely_next(application), today)
    order = order_of(application, rights)
    context = {
        "ahead": [
            *explanations.ahead(timeline, application, today),
            *offers.notes,
            *notes_on_initial(application, initials),
        ],
        "dates": dates(timeline, application, {str(row.pk): row for row in rows}),
        "lines": history(application, rows, initials, rights),
        "likely": offers.likely,
        "others": offers.others,
        "today": today,
        "shows_proposals": shows_proposals(application, rights),
        "changeable": may_write(application, rights, COUNTER),
        "map": map_address(application),
        "may_be_changed": may_be_changed(application),
        "changes": list(Permit.objects.visible_to(rights).filter(parent=application).order_by("filed_date", "id")),
        "signatures": proposals_of_file(application, rights),
        "order": order,
        "waiting": order is not None and order[0].state in OPEN,
    }
    head = head_context(application, rows, rights)
    parts = {"parts": parts_of_others(application, head["given_figures"], rights)}
    return show_file(request, application, "permit", context | head | parts)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def parcel_sheet(request: HttpRequest, permit: str) -> HttpResponse:
    """The frozen parcel sheet of a file, for whoever sees the file; POST orders the one of a file that has none."""
    application, rights = permit_of(request, permit), rights_of_request(request)
    if request.method != "POST":
        number, content = read_sheet(application)
        return file_response(content, "application/pdf", f"{number}.pdf", inline=True)
    try:
        order_sheet(application, user=request.user, rights=rights, site=site(request))  # type: ignore[arg-type]
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The parcel sheet is being frozen; it is here in a moment."))
    return redirect("permit", application.number)


def likely_next(permit: Permit) -> list[What]:
    """What usually comes next of a file; the validity of a change is not extended by itself."""
    usual = LIKELY.get(permit.next_what or permit.state, ())
    return [one for one in usual if not (one == What.EXTENDED and permit.parent_id)]


def notes_on_initial(permit: Permit, initials: Initials) -> list[str]:
    """What is to be known of the permit that an open modification or transfer changes."""
    if permit.parent is None or permit.state not in OPEN_STATES:
        return []
    finished = permit.parent.state == State.FINISHED and Number.parse(permit.number).change == "M"
    return describe_unfit_initial(initials.get(permit.parent.pk), finished=finished, kind=permit.kind)


def may_be_changed(permit: Permit) -> bool:
    """Whether a modification or a transfer may be filed: of a permit in force whose works are not finished."""
    in_force = permit.state in (State.GRANTED, State.WORKS)
    return in_force and permit.parent_id is None and not Kind(permit.kind).certifies


def dates(timeline: Timeline | None, permit: Permit, rows: Mapping[str, Event]) -> list[Date]:
    """The steps in order, each in words, those to come apart."""
    entries: list[Date] = []
    if timeline is None:
        return entries
    today = database_clock.today()
    for step in timeline.steps:
        status = status_of_date(step, timeline, permit.kind, today)
        first = status.ahead and not (entries and entries[-1].status.ahead)
        record = rows.get(step.event) if step.event else None
        entries.append(Date(step, explanations.explain(step, permit.kind, record), status, first))
    return entries


def history(permit: Permit, rows: Sequence[Event], initials: Initials, rights: Rights) -> list[Line]:
    """Every event, the latest record first, with what it changed of what was told before."""
    changed = {
        key: labels.describe_changes(revision.changes, permit.kind)
        for revision in revisions_of(permit, rows, initials)[1:]
        for key in revision.events[-1:]
    }
    return [
        Line(row, explanations.facts(row, permit.kind), changed.get(str(row.pk), ()), may_strike(row, permit, rights))
        for row in sorted(rows, key=lambda row: (row.recorded_at, row.pk), reverse=True)
    ]


def order_of(permit: Permit, rights: Rights) -> tuple[Job, str, str] | None:
    """The asker's own order of the frozen sheet, while it is not there."""
    job = last_order(permit, rights) if permit.sheet_id is None and permit.idus else None
    return (job, *describe_job(job)) if job else None
