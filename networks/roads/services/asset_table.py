"""Assets of roads as a table for spreadsheets."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_core.desk.tables import Table
from gis_core.files.writing.rows import Column
from layers.features.display import is_english
from networks.roads import asset_lists, lists
from networks.roads.iisr import name_of
from networks.roads.services.assets import KINDS, communes_at, length_of, middle_of
from networks.roads.services.placing import Place, references_of


def as_table(what: str, rows: Sequence[Any]) -> Table:
    """A line for each, with its place on its road, and its commune."""
    ids = [one.pk for one in rows]
    places, communes = references_of(what, ids), communes_at(what, ids)
    return columns(what), [list(row(what, one, places.get(one.pk, []), communes.get(one.pk))) for one in rows]


def columns(what: str) -> list[Column]:
    own = [("code", _("Code of the sign"), "text"), ("name", _("Meaning"), "text"),
           ("inscription", _("Inscription"), "text")]  # fmt: skip
    along = [("end", pgettext("reference of a road", "To"), "text"), ("length_m", _("Length (m)"), "number")]
    parts: list[tuple[str, str, Any]] = [
        ("reference", _("Reference"), "text"),
        ("kind", _("Kind"), "text"),
        *(own if what == "point" else [("subtype", _("Type"), "text")]),
        ("state", _("Condition"), "text"),
        ("start", pgettext("reference of a road", "Place"), "text"),
        *(along if what == "troncon" else []),
        ("side", _("Side"), "text"),
        ("commune", _("Commune"), "text"),
        ("installed_date", _("Installed on"), "date"),
        ("inspected_date", pgettext("road", "Inspected on"), "date"),
        ("due_date", pgettext("road", "Next inspection"), "date"),
        ("comment", _("Public remark"), "text"),
        ("owner", _("Member"), "text"),
        ("x", "X (Lambert-93)", "number"),
        ("y", "Y (Lambert-93)", "number"),
    ]
    return [Column(*one) for one in parts]


def row(what: str, one: Any, places: Sequence[Place], commune: str | None) -> Iterator[Any]:
    english = is_english()
    yield from (one.reference, lists.word(KINDS[what], one.kind, english=english))
    if what == "point":
        yield from (one.code, name_of(one.code or "", english=english) or None, one.inscription)
    else:
        yield one.subtype
    yield lists.word(lists.CONDITIONS, one.state, english=english) or None
    yield str(places[0].reference) if places else None
    if what == "troncon":
        yield from (str(places[-1].reference) if places else None, round(length_of(one) or 0.0, 1))
    yield lists.word(asset_lists.SIDES, places[0].lies, english=english) if places else None
    yield from (commune, one.installed_date, one.inspected_date, one.due_date, one.comment, one.owner.name)
    yield from (round(value, 2) for value in middle_of(one))
