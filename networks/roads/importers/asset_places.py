"""Where rows of a table lie that tell a road, a marker (PR) and metres in fields of theirs: `D 2020 PR 12+350`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import shapely
from django.utils.translation import gettext_noop as _

from gis_core.errors import ArpentError
from layers.intake import cells
from layers.intake.feature_table.rows import Rows
from layers.intake.findings import UnfitError
from layers.intake.layer_mapping import LayerMapping
from networks.roads.references import NotAReferenceError, Reference, department_code, reference_of, road_of
from networks.roads.services.placing import Beside
from networks.roads.services.placing_rows import LinearLocation, place_rows

MARKER: Final = re.compile(r"(?:P\.?\s?R\.?\s*)?(\d{1,3})(?:\s*\+\s*(\d{1,5}(?:[.,]\d+)?)|[.,](\d{3})|[.,]0+)?", re.I)
LENGTHS: Final = {"": 1.0, "m": 1.0, "km": 1000.0}
USUAL_M: Final = 3.0
"""How far from the axis something stands of which a file says the side alone."""
SIDES: Final[Mapping[str, Beside]] = {"on": "on", "left": "left", "right": "right"}


def has_references(mapping: LayerMapping) -> bool:
    """Whether a mapping says in which fields references are: of a stretch, both ends."""
    names = set(mapping.columns)
    starts = "place_at" in names or {"place_route", "place_marker"} <= names
    ends = bool(names & {"place_end", "place_end_marker", "place_end_metres"})
    return starts and (ends or mapping.table == "road-assets")


def places_by_references(rows: Rows) -> dict[int, Any]:
    """By rank, where the rows lie that the file draws nowhere; None for those that cannot be placed, with a finding."""
    if not has_references(rows.mapping):
        return {}
    wanted: dict[int, LinearLocation] = {}
    places: dict[int, Any] = {}
    for rank, shape in enumerate(rows.sheet.shapes):
        if shape is not None and not shape.is_empty:
            continue
        try:
            one = reference_in(Cells(rows, rank))
        except UnfitError as refused:
            rows.remark(rank, refused.code, refused.params, "error")
            places[rank] = None
            continue
        if one is not None:
            wanted[rank] = one
    what = "point" if rows.table.geometry == "point" else "troncon"
    for rank, placed in zip(wanted, place_rows(what, list(wanted.values())), strict=True):
        places[rank] = None
        if isinstance(placed, ArpentError):
            rows.remark(rank, placed.code or placed.message, placed.params, "error")
        else:
            places[rank] = shapely.from_wkb(bytes(placed.wkb))
    return places


class Cells:
    """The fields of one row that say where it is."""

    def __init__(self, rows: Rows, rank: int) -> None:
        self.rows, self.columns, self.rank = rows, rows.mapping.columns, rank

    def text(self, name: str) -> str:
        texts: Sequence[str | None] = self.rows.sheet.columns.get(self.columns.get(f"place_{name}", ""), ())
        text = (texts[self.rank] or "").strip() if texts else ""
        return "" if cells.is_nothing(text) else text

    def remark(self, code: str, **params: Any) -> None:
        self.rows.remark(self.rank, code, params)


def reference_in(row: Cells) -> LinearLocation | None:
    """What a row says; None where it says nothing. Raises UnfitError."""
    start = start_in(row)
    if start is None:
        return None
    end = None
    if row.rows.table.geometry == "line":
        end = end_in(row, start)
    side, distance = side_in(row)
    return LinearLocation(start=start, end=end, side=side, distance_m=distance)


def start_in(row: Cells) -> Reference | None:
    """Where it is, or starts: read from one field or from several; None where they are empty. Raises UnfitError."""
    at, route, marker = row.text("at"), row.text("route"), row.text("marker")
    if at:
        return with_department(whole(at, route), row)
    if not route and not marker:
        return None
    if not route or not marker:
        raise UnfitError(_("It has a road without a PR, or a PR without its road."))
    return with_department(assemble_reference(route, marker, row.text("metres")), row)


def end_in(row: Cells, start: Reference) -> Reference:
    """On the road of the start where it names none; after the same marker where it names none. Raises UnfitError."""
    at, marker, metres = row.text("end"), row.text("end_marker"), row.text("end_metres")
    if at:
        end = whole(at, start.route)
        return end if end.department else replace(end, department=start.department)
    if not marker and ("place_end_marker" in row.columns or not metres):
        raise UnfitError(_("It has no end: give the PR and the metres where it ends."))
    end = assemble_reference(start.route, marker or str(start.marker), metres)
    return replace(end, department=start.department, side=start.side)


def whole(at: str, route: str) -> Reference:
    """A place in one field, which need not name its road where another field does. Raises UnfitError."""
    try:
        return reference_of(at)
    except NotAReferenceError:
        if not route:
            raise unreadable(at) from None
    return assemble_reference(route, at, "")


def assemble_reference(route: str, marker: str, metres: str) -> Reference:
    """The reference of a road, a marker and metres after it, each in a field of its own. Raises UnfitError."""
    match = MARKER.fullmatch(marker)
    try:
        number, department = road_of(route)
    except NotAReferenceError:
        message = _("“%(text)s” is the number of no road: write it as in “D 2020”.")
        raise UnfitError(message, text=route[:40]) from None
    if match is None:
        message = _("“%(text)s” is no number of a marker: write it as in “12”.")
        raise UnfitError(message, text=marker[:40])
    after = (match[2] or match[3] or "0").replace(",", ".")
    return Reference(
        route=number, marker=int(match[1]), metres=metres_in(metres) if metres else float(after), department=department
    )


def metres_in(text: str) -> float:
    """A distance after a marker, in metres; its unit may be in the text. Raises UnfitError."""
    length = cells.parse_measure(text, LENGTHS)
    if length is None or not 0 <= length[0] * length[1] < 100_000:
        raise UnfitError(_("“%(text)s” is no distance in metres after a PR."), text=text[:40])
    return length[0] * length[1]


def with_department(reference: Reference, row: Cells) -> Reference:
    department = department_code(row.text("department"))
    return replace(reference, department=department) if department and not reference.department else reference


def side_in(row: Cells) -> tuple[Beside, float]:
    """On which side of the axis, and how far from it. Raises UnfitError."""
    said, text = row.text("side"), row.text("distance")
    side = SIDES.get(row.rows.mapping.values.get("place_side", {}).get(said, ""), "on")
    if said and said not in row.rows.mapping.values.get("place_side", {}):
        row.remark(_("Side “%(text)s” is not known: put on the axis."), text=said[:40])
    length = cells.parse_measure(text, LENGTHS) if text else None
    if text and length is None:
        raise UnfitError(_("“%(text)s” is no distance in metres from the axis."), text=text[:40])
    distance = abs(length[0] * length[1]) if length else 0.0
    if side == "on":
        if distance and not said:
            row.remark(_("It has a distance from the axis and no side: put on the axis."))
        return "on", 0.0
    if not distance:
        code = _("It has a side and no distance from the axis: put %(metres)s m beside it.")
        row.remark(code, metres=round(USUAL_M))
    return side, distance or USUAL_M


def unreadable(text: str) -> UnfitError:
    message = _("“%(text)s” is no place on a road: write a road, a marker and metres, as in “D 2020 PR 12+350”.")
    return UnfitError(message, text=text[:80])
