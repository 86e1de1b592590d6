"""Markers (PR) of any table or layer: read and placed (`marker_loading` checks and writes them).

A table names its road and its number, and says where the marker stands: x and y in Lambert-93, degrees or Web Mercator
(the numbers tell which), a geometry, or the metres from the beginning of the road (cumulated), between markers that are
placed.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext_noop

from gis_core.files.reader import Column, CopyPlan, ReadRefused, RestrictedReader
from layers.features.display import display_number
from layers.intake.cells import bare
from layers.intake.feature_table.merging import PLACE, place_of
from layers.intake.findings import Finding, Findings
from layers.intake.services.loading import rows
from layers.intake.sheets import SourceLayer, layers_in, sheet_of
from networks.roads.axis import Axis
from networks.roads.axis_places import place_at as axis_place_at
from networks.roads.importers.bdtopo import plain_name, ranks_of
from networks.roads.importers.staging import cells
from networks.roads.models import RoadMarker
from networks.roads.references import NotAReferenceError, Road, department_code, road_of
from networks.roads.services.calibrating import axes_with

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "route": ("route", "axe", "voie", "numeroroute", "numroute", "numerodelaroute", "numerodroute", "nomroute",
              "routenumero", "codevoie", "rd", "road"),
    "number": ("pr", "numero", "numpr", "numeropr", "numerodupr", "npr", "pointderepere", "pointrepere", "plo",
               "borne"),
    "side": ("cote", "cotepr", "chaussee", "side"),
    "department": ("codeinseedudepartement", "inseedep", "inseedudepartement", "departement", "codedepartement", "dept",
                   "dep", "codedept", "codedep"),
    "x": ("x", "xl93", "xlambert93", "xlamb93", "lambert93x", "coordx", "coordonneex", "lon", "lng", "long",
          "longitude", "easting"),
    "y": ("y", "yl93", "ylambert93", "ylamb93", "lambert93y", "coordy", "coordonneey", "lat", "latitude", "northing"),
    "along": ("cumul", "cumulee", "cumulm", "cumuld", "abscissecumulee", "abscissecumul", "abscisse", "abs",
              "distancecumulee", "pk"),
    "reference": ("cleabs", "id", "identifiant", "reference", "code"),
    "kind": ("typedepr", "typepr"),
}  # fmt: skip
MARKER_KINDS: Final = ("", "PR", "PR0", "PRF")
"""Of POINT_DE_REPERE.TYPE_DE_PR, those that are markers: others (start, end or change of a section …) bear the number
of the marker before them."""
END, NO_NUMBER = "PRF", 999
NUMBER = re.compile(r"(?:P\.?R\.?\s*)?(\d{1,3})(?:\s*\+\s*0*)?(?:[.,]0+)?")
SIDES: Final = {
    "": "U", "u": "U", "unique": "U", "ud": "U", "n": "U", "i": "U", "d": "D", "droite": "D", "droit": "D", "g": "G",
    "gauche": "G",
}  # fmt: skip
LAMBERT, DEGREES, MERCATOR = 2154, 4326, 3857
BOXES: Final = {
    LAMBERT: (0.0, 6_000_000.0, 1_300_000.0, 7_200_000.0),
    DEGREES: (-5.6, 41.0, 10.0, 51.6),
    MERCATOR: (-650_000.0, 5_000_000.0, 1_150_000.0, 6_750_000.0),
}
NEAR_M = 200.0
PR, BD_TOPO = "PR", "BD TOPO"
SOURCES: Final = (PR, BD_TOPO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it is understood; `place` in EPSG:2154, None while it is not known."""

    rank: int
    route: str
    number: int
    side: str
    reference: str | None
    kind: str = ""
    department: str = ""
    along_m: float | None = None
    given: tuple[float, float] | None = None
    place: tuple[float, float] | None = None

    @property
    def road(self) -> Road:
        return Road(self.route, self.department)

    @property
    def key(self) -> tuple[Road, int, str]:
        return self.road, self.number, self.side

    @property
    def name(self) -> str:
        side = "" if self.side == "U" else f" {self.side}"
        return f"{Road(self.route)} PR {self.number}{side}"

    @property
    def said(self) -> dict[str, Any]:
        """What it says, as it is remembered; once it has a place."""
        values = {**self.road._asdict(), "number": self.number, "carriageway": self.side}
        values |= {"reference": self.reference} if self.reference else {}
        return values | {PLACE: place_of(shapely.points(self.place or (0.0, 0.0)))}


@dataclass(slots=True)
class Table:
    """The rows of one file; whether their places are geometries already."""

    findings: Findings
    source: str
    rows: list[Row] = field(default_factory=list)
    read: int = 0
    aside: int = 0
    """How many rows are no markers."""


def read(reader: RestrictedReader, paths: Sequence[Path], findings: list[Finding]) -> Iterator[Table]:
    """Every table of markers among the files; a file without one is a finding."""
    for file_layer in layers_in(reader, paths, findings):
        at = ranks_of(file_layer.fields, FIELDS)
        if "route" in at and "number" in at:
            yield read_layer(reader, file_layer)
            continue
        columns = ", ".join(file_layer.fields[:12]) or "-"
        findings.append(Finding(file=file_layer.file, code=missing_in(at), params={"columns": columns}))


def missing_in(at: Mapping[str, int]) -> str:
    """The code of what is said where the road, the PR or both have no column."""
    if "number" in at:
        return gettext_noop(
            "No column tells the road: name the columns “route”, “pr”, “cote”, “x”, “y” (here: %(columns)s)."
        )
    if "route" in at:
        return gettext_noop(
            "No column tells the PR: name the columns “route”, “pr”, “cote”, “x”, “y” (here: %(columns)s)."
        )
    return gettext_noop(
        "No column tells the road and the PR: name the columns “route”, “pr”, “cote”, “x”, “y” (here: %(columns)s)."
    )


def read_layer(reader: RestrictedReader, file_layer: SourceLayer) -> Table:
    """The rows of a layer that can be understood."""
    at = ranks_of(file_layer.fields, FIELDS)
    place = file_layer.layer.place
    drawn = file_layer.layer.has_geometry and (place is None or place.wkt is not None)
    source = BD_TOPO if "pointderepere" in plain_name(file_layer.label) else PR
    if drawn:
        sheet = sheet_of(reader, file_layer, "point", None)
        table = Table(sheet.findings, source, read=len(sheet.findings.items))
        texts = [[sheet.columns.get(name, [])[n] if name in sheet.columns else None for name in file_layer.fields]
                 for n in range(len(sheet))]  # fmt: skip
        numbered = zip(sheet.rows, texts, sheet.shapes, strict=True)
    else:
        table = Table(Findings(file_layer.file), source)
        numbered = ((rank, row, None) for rank, row in text_rows(reader, file_layer, table.findings))  # type: ignore[assignment]
    for rank, row, shape in numbered:
        table.read += 1
        said = {name: (row[where] or "").strip() for name, where in at.items()}
        if said.get("kind", "").upper() not in MARKER_KINDS:
            table.aside += 1
        elif (one := parse_row(rank, said, shape, table.findings)) is not None:
            table.rows.append(one)
    keep_ends(table)
    return table


def keep_ends(table: Table) -> None:
    """The end of a road bears the number that would come next, that of the marker before it or 999 where it has none of
    its own, and often no plate stands there: it counts where its number is nobody else's, and 999 where the road would
    be measured by one marker alone, for which way it runs is not known without its end.
    """
    numbers: dict[tuple[Road, str], set[int]] = defaultdict(set)
    for one in table.rows:
        if one.kind != END:
            numbers[one.road, one.side].add(one.number)
    kept = [
        one
        for one in table.rows
        if one.kind != END
        or (one.number not in (others := numbers[one.road, one.side]) and (one.number != NO_NUMBER or len(others) < 2))
    ]
    table.aside += len(table.rows) - len(kept)
    table.rows = kept


def text_rows(
    reader: RestrictedReader, file_layer: SourceLayer, findings: Findings
) -> Iterator[tuple[int, list[str | None]]]:
    plan = CopyPlan(tuple(Column(name, "text") for name in file_layer.fields), None)
    try:
        for chunk in reader.copy(file_layer.name, layer=file_layer.layer.name, plan=plan):
            for line in str(chunk.lines, "utf-8").split("\n")[:-1]:
                first, *others = cells(line)
                yield int(first or 0), others
            for problem in chunk.problems:
                findings.add(problem.index, problem.code, problem.params, "error")
    except ReadRefused as refused:
        findings.add(refused.problem.index, refused.problem.code, refused.problem.params, "error")


def parse_row(rank: int, said: Mapping[str, str], shape: Any, findings: Findings) -> Row | None:
    """A row, None (and why) where its road or its number is not given."""
    if not any(said.values()):
        return None
    try:
        route, department = road_of(said.get("route", ""))
    except NotAReferenceError:
        message = gettext_noop("“%(text)s” is the number of no road: write it as in “D 2020”.")
        findings.add(rank, message, {"text": said.get("route", "")[:40]}, "error")
        return None
    match = NUMBER.fullmatch(said.get("number", "").upper())
    if match is None:
        message = gettext_noop("“%(text)s” is no number of a marker: write it as in “12”.")
        findings.add(rank, message, {"text": said.get("number", "")[:40]}, "error")
        return None
    side = SIDES.get(bare(said.get("side", "")))
    if side is None:
        message = gettext_noop("Side “%(text)s” is not understood: write U (single carriageway), D or G.")
        findings.add(rank, message, {"text": said["side"][:40]}, "error")
        return None
    place = None if shape is None or shape.is_empty else (float(shape.x), float(shape.y))
    x, y = figure(said.get("x", "")), figure(said.get("y", ""))
    return Row(
        rank=rank,
        route=route,
        number=int(match[1]),
        side=side,
        kind=said.get("kind", "").upper(),
        reference=said.get("reference", "")[:60] or None,
        department=department_code(said.get("department", "")) or department,
        along_m=figure(said.get("along", "")),
        # Tables that place a marker by its metres alone are often filled up with zeros.
        given=(x, y) if x is not None and y is not None and (x, y) != (0, 0) and place is None else None,
        place=place,
    )


def figure(text: str) -> float | None:
    """A number as people write it: commas, spaces in thousands, a unit."""
    plain = re.sub(r"[\s\u00a0\u202f]|(?<=\d)m$|°$", "", text.strip().lower()).replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


# -- where they stand -------------------------------------------------------------------------------------------------


def inside(box: tuple[float, float, float, float], place: tuple[float, float]) -> bool:
    return box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def locate_markers(table: Table, markers: list[Row]) -> list[Row]:
    """Rows with their places in EPSG:2154, as far as they have any; those that cannot be in France are left out."""
    from pyproj import Transformer

    given = [one for one in markers if one.given is not None]
    system = system_in(given, table) if given else LAMBERT
    to_lambert = Transformer.from_crs(system, LAMBERT, always_xy=True)
    result = []
    for one in markers:
        if one.given is None:
            result.append(one)
            continue
        place, turned = one.given, (one.given[1], one.given[0])
        if not inside(BOXES[system], place) and inside(BOXES[system], turned):
            table.findings.add(one.rank, gettext_noop("x and y are exchanged (latitude first): they were put back."))
            place = turned
        if not inside(BOXES[system], place):
            report_nowhere(one, table)
            continue
        x, y = to_lambert.transform(*place) if system != LAMBERT else place
        result.append(replace(one, place=(round(float(x), 3), round(float(y), 3))))
    return result


def report_nowhere(one: Row, table: Table) -> None:
    x, y = one.given or (0.0, 0.0)
    message = gettext_noop(
        "%(name)s: x %(x)s and y %(y)s are nowhere in metropolitan France: give them in Lambert-93 or in degrees."
    )
    params = {"name": one.name, "x": display_number(x, 2), "y": display_number(y, 2)}
    table.findings.add(one.rank, message, params, "error")


def system_in(given: Sequence[Row], table: Table) -> int:
    """The system that most places fit; of Lambert-93 and Web Mercator that in which they stand near their roads."""
    fits = {code: sum(inside(box, one.given or (0, 0)) or inside(box, (one.given or (0, 0))[::-1]) for one in given)
            for code, box in BOXES.items()}  # fmt: skip
    best = max(fits.values())
    likely = [code for code, count in fits.items() if count == best]
    if len(likely) > 1:
        likely.sort(key=lambda code: -near_their_roads(given, code))
    if likely[0] != LAMBERT and best:
        message = gettext_noop("The coordinates are read as EPSG:%(code)s, by their size.")
        table.findings.add(None, message, {"code": likely[0]})
    return likely[0]


def near_their_roads(given: Sequence[Row], code: int) -> int:
    from pyproj import Transformer

    sample = given[:200]
    to_lambert = Transformer.from_crs(code, LAMBERT, always_xy=True)
    places = [to_lambert.transform(*(one.given or (0, 0))) for one in sample]
    usable = [n for n, place in enumerate(places) if np.isfinite(place).all()]
    return nearness([sample[n].route for n in usable], [places[n] for n in usable])


def nearness(routes: Sequence[str], places: Sequence[tuple[float, float]]) -> int:
    """How many of these places lie near a section of their road."""
    ((count,),) = rows(
        """
        with asked as materialized (
            select route, st_setsrid(st_makepoint(x, y), 2154) as geom,
                st_expand(st_setsrid(st_makepoint(x, y), 2154), %(near)s) as box
            from unnest(%(routes)s::text[], %(xs)s::float8[], %(ys)s::float8[]) as given(route, x, y))
        select count(*) from asked where exists (select from road_section s where s.route = asked.route
            and s.geom && asked.box and st_dwithin(s.geom, asked.geom, %(near)s))
        """,
        near=NEAR_M,
        routes=list(routes),
        xs=[place[0] for place in places],
        ys=[place[1] for place in places],
    )
    return int(count)


def along_their_roads(markers: list[Row], beside: Sequence[Row]) -> list[Row]:
    """Rows that tell metres from the beginning of the road, placed between those of the road that have a place, others
    `beside` them included.
    """
    waiting = sorted({one.road for one in markers if one.place is None and one.along_m is not None})
    for road in waiting:
        own = [one for one in [*beside, *markers] if one.road == road and one.along_m is not None]
        known = list_marker_places(road, own)
        axes = axes_with(road, known)
        markers = [
            on_axis(one, own, axes) if one.road == road and one.place is None and one.along_m is not None else one
            for one in markers
        ]
    return markers


def list_marker_places(road: Road, own: Sequence[Row]) -> list[tuple[int, str, tuple[float, float]]]:
    """Number, side and place of the markers of a road that stand somewhere, of this file or there before."""
    there = {
        (one.number, one.carriageway): (one.geom.x, one.geom.y) for one in RoadMarker.objects.filter(**road._asdict())
    }
    there |= {(one.number, one.side): one.place for one in own if one.place is not None}
    return [(number, side, place) for (number, side), place in there.items()]


def on_axis(one: Row, own: Sequence[Row], axes: Mapping[str, Axis]) -> Row:
    """A row at its cumulated metres, measured from the markers around it; as it is where that cannot be told."""
    axis = axes.get(one.side) or axes.get("U") or next(iter(axes.values()), None)
    if axis is None or one.along_m is None:
        return one
    at = {mark.number: mark.at_m for mark in axis.marks}
    stands = sorted((row.along_m or 0.0, at[row.number]) for row in own if row.number in at and row.place is not None)
    if not stands:
        along_by_number = {row.number: row.along_m for row in own}
        stands = sorted(
            (along_by_number[number] or 0.0, metres)
            for number, metres in at.items()
            if along_by_number.get(number) is not None
        )
    if not stands:
        return one
    metres = interpolate(one.along_m, stands)
    if not axis.parts[0].start_m - 1 <= metres <= axis.parts[-1].end_m + 1:
        return one
    place = axis_place_at(axis, min(max(metres, axis.parts[0].start_m), axis.parts[-1].end_m)).place
    return replace(one, place=(round(place.x, 3), round(place.y, 3)))


def interpolate(value: float, stands: Sequence[tuple[float, float]]) -> float:
    """What lies in proportion between two known places; beyond them, metre for metre."""
    before = [one for one in stands if one[0] <= value]
    after = [one for one in stands if one[0] > value]
    if not before:
        return after[0][1] - (after[0][0] - value)
    if not after:
        return before[-1][1] + (value - before[-1][0])
    (low, first), (high, last) = before[-1], after[0]
    return first + (last - first) * (value - low) / (high - low)
