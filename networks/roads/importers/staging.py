"""TRONCON_DE_ROUTE into a temporary table, a stretch of rows at a time: a Département takes no more than a town."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.files.reader import Column, CopyPlan, GeometryColumn, Problem, ReadRefused, RestrictedReader
from layers.intake.findings import Finding, Findings
from layers.intake.services.loading import join_names, run
from layers.intake.sheets import NULL, SourceLayer, layers_in, report_problems, system_of, unescape_text
from layers.intake.source import Progress
from networks.roads.importers.bdtopo import (
    COLUMNS,
    NumberedRoad,
    Read,
    Reader,
    is_sections,
    plain_name,
    read_numbered_roads,
)

SHORTEST_M: Final = 0.5
"""Nodes stand so far apart at least: a shorter section would begin and end on one."""
STAGED: Final = sql.Identifier("staged_section")
TYPES: Final = {
    "lanes": "smallint", "width_m": "float8", "built_up": "boolean", "level": "smallint", "max_height_m": "float8",
    "max_width_m": "float8", "max_length_m": "float8", "max_weight_t": "float8", "max_axle_t": "float8",
    "updated_date": "date",
}  # fmt: skip
NUMBERED_ROADS: Final = "routenumeroteeounommee"
MARKERS: Final = "pointderepere"


type Unfit = tuple[str, dict[str, Any]]
"""Why a row cannot come in: the code and the parameters of a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What of a delivery comes in: sections of these communes, or that touch a box (EPSG:2154)."""

    communes: frozenset[str] = frozenset()
    extent: tuple[float, float, float, float] | None = None

    def has(self, read: Read, box: Sequence[float]) -> bool:
        if self.communes and not {read.values["insee_left"], read.values["insee_right"]} & self.communes:
            return False
        if self.extent is None:
            return True
        west, south, east, north = self.extent
        return bool(box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south)


@dataclass(slots=True)
class Staged:
    """How many rows were read, those left aside by reason, what is wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    markers: list[SourceLayer] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Sections whose row cannot come in: they are not gone."""
    whole: bool = True
    """Whether every row could be read."""


def stage(reader: RestrictedReader, paths: Sequence[Any], scope: Scope, progress: Progress) -> Staged:
    """Every section of a delivery into `staged_section`; its markers are only found."""
    staged = Staged()
    progress(None, _("Reading the files"))
    file_layers = list(layers_in(reader, paths, staged.findings, rows=5_000))
    staged.markers = [one for one in file_layers if MARKERS in plain_name(one.label)]
    numbered_roads: dict[str, NumberedRoad] = {}
    for one in file_layers:
        if NUMBERED_ROADS in plain_name(one.label):
            numbered_roads |= read_numbered_roads(one.fields, texts_of(reader, one))
    create()
    seen: dict[str, int] = {}
    sections = [one for one in file_layers if is_sections(one.fields)]
    for one in sections:
        stage_layer(reader, one, numbered_roads, scope, staged, seen, progress)
    if not sections:
        report_missing_sections(file_layers, staged)
    run("create index on {} (reference)", STAGED)
    run("create index on {} (route, department) where route is not null", STAGED)
    run("analyze {}", STAGED)
    return staged


def report_missing_sections(file_layers: Sequence[SourceLayer], staged: Staged) -> None:
    """Why a delivery holds no sections."""
    for one in file_layers:
        if "troncon" in plain_name(one.label) and not one.fields:
            message = gettext_noop(
                "The attributes are missing: send the file .dbf that belongs to it, too (same name)."
            )
            staged.findings.append(Finding(file=one.file, row=None, code=message))
            return
    if not staged.findings and not staged.markers:
        message = gettext_noop(
            "There is no layer TRONCON_DE_ROUTE of BD TOPO here (fields “cleabs” or “ID”, “nature”, “sens”…)."
        )
        name = file_layers[0].file if file_layers else "-"
        staged.findings.append(Finding(file=name, row=None, code=message))


def create() -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(TYPES.get(name, "text"))) for name in COLUMNS
    )
    run("drop table if exists {}", STAGED)
    run(
        "create temporary table {} (rank bigint not null, reference text not null, {}, delivered jsonb not null,"
        " beside jsonb not null, line text not null, file text not null, start_node_id bigint, end_node_id bigint,"
        " geom geometry(LineString, 2154) not null) on commit drop",
        STAGED,
        columns,
    )


def texts_of(reader: RestrictedReader, file_layer: SourceLayer) -> Iterator[list[str | None]]:
    """The rows of a layer as texts, without their geometry."""
    plan = CopyPlan(tuple(Column(name, "text") for name in file_layer.fields), None)
    for chunk in reader.copy(file_layer.name, layer=file_layer.layer.name, plan=plan):
        for line in str(chunk.lines, "utf-8").split("\n")[:-1]:
            yield cells(line)[1:]


def cells(line: str) -> list[str | None]:
    return [None if text == NULL else unescape_text(text) for text in line.split("\t")]


def stage_layer(
    reader: RestrictedReader,
    file_layer: SourceLayer,
    numbered_roads: dict[str, NumberedRoad],
    scope: Scope,
    staged: Staged,
    seen: dict[str, int],
    progress: Progress,
) -> None:
    findings = Findings(file_layer.file)
    if (epsg := system_of(file_layer.layer, findings)) is None:
        staged.findings += findings.all()
        return
    wanted = Reader(file_layer.fields, numbered_roads).wanted
    names = [file_layer.fields[rank] for rank in wanted]
    plan = CopyPlan(
        tuple(Column(name, "text") for name in names),
        GeometryColumn("line", multi=True, epsg=epsg, invalid="keep", required=False),
        identifier=next((name for name in names if plain_name(name) in ("cleabs", "id")), None),
    )
    layer = Layer(Reader(names, numbered_roads), scope, staged.counts, findings, seen)
    filled = join_names(("rank", "reference", *COLUMNS, "delivered", "beside", "line", "file", "geom"))
    problems: list[Problem] = []
    good = 0
    with connection.cursor() as cursor:
        try:
            with transaction.atomic(), cursor.copy(sql.SQL("copy {} ({}) from stdin").format(STAGED, filled)) as lines:
                for chunk in reader.copy(file_layer.name, layer=file_layer.layer.name, plan=plan):
                    problems += chunk.problems
                    good += chunk.rows
                    if chunk.rows:
                        for row in layer.rows(str(chunk.lines, "utf-8").split("\n")[:-1]):
                            lines.write_row(row)
                    progress(min(0.4, 0.4 * chunk.last / max(1, file_layer.layer.features)), _("Reading the sections"))
        except ReadRefused as refused:
            staged.whole = False
            findings.add(refused.problem.index, refused.problem.code, refused.problem.params, "error")
    report_problems(problems, good, epsg, findings)
    staged.counts["read"] += good + len(problems)
    staged.whole = staged.whole and not problems
    staged.refused |= layer.refused
    staged.findings += findings.all()


@dataclass(slots=True)
class Layer:
    """Lines of one layer, made into rows for the table."""

    reader: Reader
    scope: Scope
    counts: Counter[str]
    findings: Findings
    seen: dict[str, int]
    refused: set[str] = field(default_factory=set)

    def rows(self, lines: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        table = [cells(line) for line in lines]
        shapes = whole_lines(np.array([row[-1] for row in table], object))
        lengths, boxes = shapely.length(shapes), shapely.bounds(shapes)
        closed, simple = shapely.is_closed(shapes), shapely.is_simple(shapes)
        codes = shapely.to_wkb(shapely.set_srid(shapes, 2154), hex=True, include_srid=True)
        for n, row in enumerate(table):
            rank, read = int(row[0] or 0), self.reader.read(row[1:-1])
            if not self.fits(rank, read, shapes[n], float(lengths[n])):
                continue
            if not self.scope.has(read, boxes[n]):
                self.counts["elsewhere"] += 1
                continue
            self.remark(rank, read, bool(closed[n]), bool(simple[n]), shapes[n])
            self.seen[read.cleabs] = rank
            yield (rank, read.cleabs, *(read.values[name] for name in COLUMNS), delivery_json(read),
                   json.dumps(read.beside, ensure_ascii=False), key_of(codes[n]), self.findings.file,
                   codes[n])  # fmt: skip

    def fits(self, rank: int, read: Read, shape: Any, length: float) -> bool:
        """Whether a row can come in; if not, why."""
        if not read.in_service:
            self.counts["unbuilt"] += 1
            return False
        if (unfit := self.unfit(read, shape, length)) is None:
            return True
        self.counts["refused"] += 1
        self.refused.add(read.cleabs)
        self.findings.add(rank, *unfit, "error", first_place(shape))
        return False

    def unfit(self, read: Read, shape: Any, length: float) -> Unfit | None:
        """Why a row cannot come in."""
        name = {"name": read.cleabs}
        if not read.cleabs:
            return gettext_noop("It has no identifier (cleabs): it could not be found again next year."), {}
        if len(read.cleabs) > 60:
            return gettext_noop("Its identifier is longer than 60 characters."), {}
        if read.cleabs in self.seen:
            message = gettext_noop("“%(name)s” is in the delivery twice (row %(row)s): the first one was taken.")
            return message, name | {"row": self.seen[read.cleabs]}
        if shape is None or shape.is_empty:
            return gettext_noop("“%(name)s” has no geometry: draw it, or take the row out."), name
        if shape.geom_type != "LineString":
            message = gettext_noop("“%(name)s” is made of several lines that do not touch: make a section of each.")
            return message, name
        return too_short(read.cleabs, length) if length < SHORTEST_M else None

    def remark(self, rank: int, read: Read, closed: bool, simple: bool, shape: Any) -> None:
        place = first_place(shape)
        name = {"name": read.cleabs}
        if closed:
            message = gettext_noop(
                "“%(name)s” ends where it starts: no road is measured over a loop, cut it in two where roads meet."
            )
            self.findings.add(rank, message, name, place=place)
        elif not simple:
            message = gettext_noop(
                "“%(name)s” crosses itself: look at its line, the places along it are measured as it is drawn."
            )
            self.findings.add(rank, message, name, place=place)
        for field_, text in read.unread:
            message = gettext_noop("%(field)s “%(value)s” is not understood: left empty, kept aside.")
            self.findings.add(rank, message, {"field": field_, "value": text[:60]}, place=place)


def too_short(name: str, metres: float) -> Unfit:
    message = gettext_noop(
        "“%(name)s” is %(metres)s m long: join it to the next section, or give it two different ends."
    )
    return message, {"name": name, "metres": f"{metres:.2f}"}


def first_place(shape: Any) -> tuple[float, float] | None:
    if shape is None or shape.is_empty:
        return None
    x, y = shapely.get_coordinates(shape)[0]
    return float(x), float(y)


def whole_lines(codes: Any) -> Any:
    """Each line in one piece where it is one, in the plane."""
    shapes = np.asarray(shapely.force_2d(shapely.from_wkb(codes)), object)
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    for rank in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        shapes[rank] = shapely.line_merge(shapes[rank])
    return shapes


def delivery_json(read: Read) -> str:
    """What the source says of the section, for the next import to tell what it changed from what our people did."""
    return json.dumps({name: one for name, one in read.values.items() if one is not None}, default=str,
                      ensure_ascii=False)  # fmt: skip


def key_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()[:16]
