"""The list of published orders, for everybody: the last published first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.cells import Cell, Line
from gis_core.desk.list_query import ListQuery, choice
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from gis_core.models import Commune
from networks.roadworks.days import PARIS, format_days
from networks.roadworks.kinds import ABROGATION
from networks.roadworks.models import WorkOrder
from networks.roadworks.services import publication


def communes_with_orders(_rights: Rights) -> list[tuple[str, str]]:
    codes = publication.list_orders(database_clock.today()).order_by().values_list("communes", flat=True).distinct()
    insee = {code for some in codes for code in some}
    return list(Commune.objects.filter(insee__in=insee).order_by("name").values_list("insee", "name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery(ListQuery):
    """Those of a commune; empty: of all."""

    insee: str = choice(
        gettext_lazy("Commune"), communes_with_orders, every=gettext_lazy("All communes"), longest=5, fewest=1
    )


def rows_of(query: OrderQuery, _rights: Rights) -> QuerySet[WorkOrder]:
    return publication.list_orders(database_clock.today(), insee=query.insee)


@dataclass(frozen=True, slots=True)
class Around:
    """The names of communes by INSEE code, and the cancelled works of some orders."""

    communes: dict[str, str]
    cancelled: set[int]


def around(rows: Sequence[WorkOrder], _rights: Rights) -> Around:
    crossed = {code for one in rows for code in one.communes}
    names = dict(Commune.objects.filter(insee__in=crossed).values_list("insee", "name"))
    return Around(names, publication.find_cancelled_works(rows))


def state_of(one: WorkOrder, cancelled: set[int]) -> str:
    """A code for what is said beside an order; nothing is of one that is to come."""
    if one.abrogated_by_id is not None:
        return "abrogated"
    if one.kind == ABROGATION:
        return "abrogates"
    if one.is_over:
        return "over"
    if one.work_id in cancelled:
        return "cancelled"
    return "now" if one.starts_on <= database_clock.today() else ""


def state_label(one: WorkOrder, state: str) -> str:
    match state:
        case "abrogated" if one.abrogated_by:
            message = _("abrogated by the order n° %(number)s of %(day)s")
            return message % {
                "number": one.abrogated_by.number,
                "day": format_long_date(one.abrogated_by.numbered_date),
            }
        case "abrogated":
            return pgettext("order", "abrogated")
        case "over":
            return pgettext("order", "over")
        case "cancelled":
            return _("works cancelled")
        case "now":
            return _("in force")
    return ""


def describe_days(one: WorkOrder) -> str:
    if one.kind == ABROGATION:
        return _("from %(day)s on") % {"day": format_long_date(one.starts_on)}
    return format_days(one.starts_on, one.ends_on)


def order_cell(one: WorkOrder, _related: Around) -> Cell:
    ended = "ended" if one.abrogated_by_id is not None else ""
    return Cell(one.number, href=reverse("public_order", args=[one.pk]), tone=ended, lines=(Line(one.title),))


def place_cell(one: WorkOrder, related: Around) -> Cell:
    names = ", ".join(related.communes.get(code, code) for code in one.communes)
    return Cell(one.place, lines=(Line(names),))


def days_cell(one: WorkOrder, related: Around) -> Cell:
    state = state_of(one, related.cancelled)
    label = state_label(one, state)
    lines = (Line(label, tone=f"order-state {state}"),) if label else ()
    if state == "abrogates":
        return Cell(capfirst(describe_days(one)), lines=lines)
    return Cell(day=one.starts_on, until=one.ends_on, lines=lines)


def publisher_cell(one: WorkOrder, _related: Around) -> Cell:
    return Cell(str(one.owner), lines=(Line(day=one.published_at.astimezone(PARIS).date()),))


PUBLIC_ORDERS: Final = Listing(
    name="public_orders",
    title=gettext_lazy("Orders on roads"),
    query=OrderQuery,
    rows=rows_of,
    columns=(
        Column("number", pgettext_lazy("road", "Order"), cell=order_cell),
        Column("place", pgettext_lazy("road", "Place"), cell=place_cell),
        Column("days", gettext_lazy("Days"), "date", "starts_on", cell=days_cell, sort="starts_on"),
        Column("owner", gettext_lazy("Published by"), value="owner.name", cell=publisher_cell),
    ),
    related=around,
    pager=Pager(rows=100),
    caption=gettext_lazy("Orders, the last published first"),
    count=lambda count: ngettext("%(count)s order", "%(count)s orders", count) % {"count": count},
    nothing=gettext_lazy("No order is published here."),
    none_match=gettext_lazy("No order is published here."),
)
