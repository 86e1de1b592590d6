"""What the sheets of hydrants and of manholes on the map say beyond their columns: state, inspections, their page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.members.rights import Rights
from layers.features.display import display_date
from layers.features.sheet import Addition, Link, Property, Values
from networks.water.services import hydrants, manholes
from networks.water.services.hydrant_tables import standings
from networks.water.services.inspected_nodes import day_of


def describe_hydrants(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    """Additions for the hydrants among nodes."""
    ids, labels = ids_of_kind(rows, hydrants.HYDRANT), standings()
    if not ids:
        return {}
    nodes = hydrants.with_state(hydrants.hydrants(rights).filter(pk__in=ids), rights)
    page = _("Inspections of the hydrant")
    return {
        one.pk: addition("hydrant", one, (state, labels[state]), day_of(one.last), page)
        for one, state in ((one, hydrants.availability_of(one)) for one in nodes)
    }


def describe_manholes(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    """Additions for the manholes among nodes."""
    ids = ids_of_kind(rows, manholes.MANHOLE)
    if not ids:
        return {}
    nodes = manholes.with_state(manholes.manholes(rights).filter(pk__in=ids), rights)
    page = _("Inspections of the manhole")
    return {
        one.pk: addition("manhole", one, (state, manholes.verdict_label(state)), day_of(one.inspected), page)
        for one, state in ((one, manholes.verdict_of(one)) for one in nodes)
    }


def ids_of_kind(rows: Sequence[Values], kind: str) -> list[Any]:
    return [row["id"] for row in rows if row.get("kind") == kind]


def addition(kind: str, node: Any, state: tuple[str, str], inspected: date | None, page: str) -> Addition:
    """The state of a node with its label, its last inspection and the next, the page of both."""
    value, display = state
    return Addition(
        properties=[
            Property(name=f"{kind}_state", label=_("State"), value=value, display=display),
            *day_property(f"{kind}_inspected", _("Last inspection"), inspected),
            *day_property(f"{kind}_due", _("Next inspection"), node.due),
        ],
        links=[Link(title=page, url=reverse(kind, args=[node.pk]))],
    )


def day_property(name: str, label: str, day: date | None) -> Iterator[Property]:
    if day:
        yield Property(name=name, label=label, value=day.isoformat(), display=display_date(day))
