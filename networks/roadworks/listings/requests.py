"""The lists of requests: those that somebody deals with, and those that went to another member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.cells import NOTHING, Cell, Line
from gis_core.desk.list_query import ListQuery, parameter, text
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.members.rights import Rights
from networks.roadworks.models import WorkRequest, WorkRequestQuerySet, WorkTransmission
from networks.roadworks.services import requests, transmitting

OPEN: Final = "open"
ALL: Final = "all"
SENT: Final = "sent"
"""The list of those that went to another member: not a state of ours any more."""
PAGER: Final = Pager(farthest=100_000)


def read_state(given: Mapping[str, str], name: str) -> str:
    """The state of the requests; what is none of them restricts nothing."""
    state = given.get(name, "")
    return state if state in (OPEN, *WorkRequest.State.values) else ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestQuery(ListQuery):
    """Which requests: those that wait for something, unless told otherwise."""

    state: str = parameter(read=read_state, hidden=True, default=OPEN)
    text: str = text(gettext_lazy("Place, applicant or number"), name="q")


def rows_of(query: RequestQuery, rights: Rights) -> WorkRequestQuerySet:
    """The most urgent first of those that wait for something, else the last received first."""
    rows = requests.search_requests(requests.requests_seen_by(rights), query.text)
    if query.state == OPEN:
        return requests.to_deal_with(rows)
    return rows if query.state == ALL else rows.filter(state=query.state)


def is_of_several_members(rows: Sequence[Any]) -> bool:
    return len({one.owner_id for one in rows}) > 1


def request_cell(one: WorkRequest, _related: Any) -> Cell:
    label = f"n° {one.pk} · {one.place or _('place forgotten')}"
    return Cell(label, href=reverse("road_request", args=[one.pk]), lines=(Line(one.get_kind_display()),))


def days_cell(one: Any, _related: Any) -> Cell:
    return Cell(day=one.starts_on, until=one.ends_on)


def due_cell(one: Any, _related: Any) -> Cell:
    if one.state not in requests.OPEN:
        return Cell()
    return Cell(day=one.due, tone="due late" if one.due < database_clock.today() else "due")


def state_cell(one: WorkRequest, _related: Any) -> Cell:
    return Cell(one.get_state_display(), tone=f"request-state {one.state}")


REQUESTS: Final = Listing(
    name="requests",
    title=gettext_lazy("Requests and orders"),
    query=RequestQuery,
    rows=rows_of,
    columns=(
        Column("request", gettext_lazy("Request"), value="pk", cell=request_cell, sort="pk"),
        Column("applicant", gettext_lazy("Applicant"), value="applicant_name",
               cell=lambda one, _none: Cell(one.applicant_name or NOTHING)),
        Column("member", gettext_lazy("Member"), value="owner.name", needed=is_of_several_members),
        Column("days", gettext_lazy("Days"), "date", "starts_on", cell=days_cell, sort="starts_on"),
        Column("due", gettext_lazy("Answer before"), "date", cell=due_cell, sort="due"),
        Column("state", gettext_lazy("State"), cell=state_cell, sort="state"),
    ),
    pager=PAGER,
    caption=gettext_lazy("Requests"),
    nothing=gettext_lazy(
        "Requests name people: they are seen by the network technicians of the member and by the town hall of the"
        " commune."
    ),
    none_match=gettext_lazy("No request of this list says so: look in all of them, or for fewer words."),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SentQuery(ListQuery):
    """All that the asker's members sent elsewhere."""

    state: str = parameter(read=lambda _given, _name: SENT, default=SENT)


def transmission_rows(_query: SentQuery, rights: Rights) -> QuerySet[WorkTransmission]:
    return transmitting.list_sent(rights)


SENT_REQUESTS: Final = Listing(
    name="sent_requests",
    title=gettext_lazy("Sent elsewhere"),
    query=SentQuery,
    rows=transmission_rows,
    columns=(
        Column("request", gettext_lazy("Request"), value="number", cell=lambda one, _none: Cell(f"n° {one.number}")),
        Column("member", gettext_lazy("Member"), value="owner.name", needed=is_of_several_members),
        Column("sent_date", pgettext_lazy("request", "Sent on"), "date"),
        Column("receiver", pgettext_lazy("request", "Sent to"), value="sent_to"),
    ),
    pager=PAGER,
    caption=gettext_lazy("Requests sent elsewhere, the last first"),
    nothing=gettext_lazy("No request was sent to another member."),
)
