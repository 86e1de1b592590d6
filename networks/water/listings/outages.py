"""The list of outages: the newest first."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.cells import Cell, Line
from gis_core.desk.list_query import ListQuery, choice
from gis_core.desk.listing import Column, Listing
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from networks.water.models import Outage, OutageQuerySet
from networks.water.services.outages import outages_seen_by

STRUCK: Final = "struck"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageQuery(ListQuery):
    """Which outages; empty: all but those that were struck out."""

    state: str = choice(
        gettext_lazy("State"),
        lambda _rights: [*Outage.State.choices, (STRUCK, _("Struck out"))],
        every=gettext_lazy("All states"),
        allowed=lambda: [*Outage.State.values, STRUCK],
    )


def outages(query: OutageQuery, rights: Rights) -> OutageQuerySet:
    rows = outages_seen_by(rights)
    if query.state == STRUCK:
        return rows.exclude(struck_at=None)
    rows = rows.filter(struck_at=None)
    return rows.filter(state=query.state) if query.state else rows


def name_cell(outage: Outage, _related: Any) -> Cell:
    started = localtime(outage.started_at)
    when = _("%(day)s at %(hour)s") % {"day": format_long_date(started, "j N Y"), "hour": date_format(started, "H:i")}
    return Cell(str(outage), href=reverse("outage", args=[outage.pk]), lines=(Line(when),))


def outage_place(outage: Outage, _related: Any) -> str:
    return str(outage)


def state_label(outage: Outage, _related: Any) -> str:
    return _("Struck out") if outage.struck_at else str(outage.get_state_display())


def state_cell(outage: Outage, _related: Any) -> Cell:
    return Cell(state_label(outage, None), tone=f"outage-state {STRUCK if outage.struck_at else outage.state}")


def author_of(outage: Outage, _related: Any) -> str:
    return str(outage.started_by or "")


def is_of_several_members(rows: Any) -> bool:
    return len({one.owner_id for one in rows}) > 1


def person_in_charge(outage: Outage, _related: Any) -> str:
    return str(outage.in_charge or "")


def has_anybody_in_charge(rows: Any) -> bool:
    return any(one.in_charge_id for one in rows)


OUTAGES: Final = Listing(
    name="outages",
    title=gettext_lazy("Outages"),
    query=OutageQuery,
    rows=outages,
    columns=(
        Column("place", gettext_lazy("Outage"), value=outage_place, cell=name_cell, sort="place"),
        Column("started", gettext_lazy("Started on"), "datetime", "started_at"),
        Column("state", gettext_lazy("State"), value=state_label, cell=state_cell),
        Column("member", gettext_lazy("Member"), value="owner.name", needed=is_of_several_members),
        Column("valves", gettext_lazy("Valves"), "integer", sort="valves"),
        Column("connections", gettext_lazy("Without water"), "integer", sort="connections"),
        Column("recorded_by", gettext_lazy("Recorded by"), value=author_of),
        Column("in_charge", gettext_lazy("In charge"), value=person_in_charge, needed=has_anybody_in_charge),
    ),
    on_page=("place", "state", "member", "valves", "connections", "recorded_by", "in_charge"),
    caption=gettext_lazy("Outages, newest first"),
    nothing=gettext_lazy(
        "No outage is kept yet. On the map, open a pipe of drinking water, choose “Isolate”, then save the outage: "
        "it will stand here."
    ),
    none_match=gettext_lazy("No outage fits these filters."),
    files=("csv", "xlsx", "ods"),
    file_name="coupures",
)
