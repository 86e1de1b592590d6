"""What the lists of hydrants and of manholes have in common: which node it is, where it is, when the next inspection
is due."""

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.cells import Cell, Line
from gis_core.desk.listing import Column
from gis_core.members.rights import Rights
from networks.water.services.inspected_nodes import addresses_of, communes_of, is_late

type Places = tuple[dict[int, str], dict[str, str]]
"""The nearest address of each node, and the name of each commune."""


def places_of(rows: Sequence[Any], _rights: Rights) -> Places:
    return addresses_of(rows), communes_of(rows)


def node_columns(page: str, heading: Promise, title_of: Callable[[Any], str]) -> tuple[Column[Any], ...]:
    """The first columns: a node, linked to its page, and where it is."""

    def name_cell(node: Any, places: Places) -> Cell:
        where = node.name or places[0].get(node.pk, "")
        lines = (Line(where),) if where else ()
        return Cell(title_of(node), href=reverse(page, args=[node.pk]), lines=lines)

    return (
        Column("reference", gettext_lazy("Reference"), value=lambda one, _places: title_of(one), cell=name_cell,
               heading=heading, sort="reference"),
        Column("member", gettext_lazy("Member"), value="owner.name"),
        Column("insee", "INSEE", value="commune_insee"),
        Column("commune", gettext_lazy("Commune"), value=lambda one, places: places[1].get(one.commune_insee, "")),
        Column("place", gettext_lazy("Nearest address"), value=lambda one, places: places[0].get(one.pk, "")),
    )  # fmt: skip


def due_column(never: Promise) -> Column[Any]:
    """When the next inspection is due; what is said where there never was one."""

    def due_cell(node: Any, _places: Places) -> Cell:
        if node.due is None:
            return Cell(str(never), tone="due late")
        late = is_late(node)
        return Cell(day=node.due, tone="due late" if late else "due", lines=(Line(_("late")),) if late else ())

    return Column("due", gettext_lazy("Next inspection"), "date", cell=due_cell,
                  heading=gettext_lazy("Next one before"), sort="due")  # fmt: skip
