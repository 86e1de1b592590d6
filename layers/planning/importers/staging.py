"""Tables of a delivery on their way in: geometries by COPY, values row by row through the rules, then put together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import execute, fetch_all
from gis_core.files.reader import Column, CopyPlan, GeometryColumn, Problem, RestrictedReader
from gis_core.files.reader.vectors import Family
from layers.intake.report import FileReport
from layers.intake.source import Progress
from layers.intake.surfaces import FRANCE_2154
from layers.planning import cnig
from layers.planning.cnig import Effect, Finding, Known, Row
from layers.planning.importers.delivery import DeliveredTable
from layers.planning.models import Shape
from layers.planning.standard import Table

CHUNK = 5000
FAMILIES: dict[str, Family] = {"S": "polygon", "L": "line", "P": "point"}
KINDS = {"S": Shape.SURFACE, "L": Shape.LINE, "P": Shape.POINT}
DELIVERED = sql.Identifier("planning_delivered")
CLEAN = sql.Identifier("planning_clean")

type Made = Sequence[Any]
type Make = Callable[[Row], Made]


@dataclass(slots=True)
class Remarks:
    """Findings that refuse nothing, each told once with the number of its rows."""

    file: FileReport
    first: dict[tuple[Any, ...], Finding] = field(default_factory=dict)
    times: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        key = (finding.code, *sorted((name, str(value)) for name, value in finding.params.items()))
        self.first.setdefault(key, finding)
        self.times[key] = self.times.get(key, 0) + 1

    def report(self) -> None:
        """Into the report, in the order of the file."""
        for key, finding in sorted(self.first.items(), key=lambda one: one[1].index):
            more = self.times[key]
            self.file.add_remark(finding, finding.index, finding.identifier, more)


@dataclass(slots=True)
class Loading:
    """One table on its way: its name in quarantine, the rules' findings, which rows were refused."""

    delivered: DeliveredTable
    reader: RestrictedReader
    known: Known
    progress: Progress
    area: GEOSGeometry | None = None
    identifier: str = ""
    repairs: dict[int, Finding] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        return self.delivered.table

    @property
    def file(self) -> FileReport:
        return self.delivered.report


def fields_of(table: DeliveredTable) -> list[tuple[str, str]]:
    """(name of the standard, name in the file) of the fields that the file has."""
    names = {cnig.short(one): one for one in cnig.names_of(table.info)}
    return [(one.name, names[cnig.short(one.name)]) for one in table.table.fields if cnig.short(one.name) in names]


def load_table(loading: Loading, target: str, columns: Sequence[str], make: Make) -> int:
    """Put the rows of one table that the rules let in into `target`; returns how many.

    `make` gives the values of `columns` for a row. Where the table has a geometry, the column `geom` is filled too.
    """
    stage(loading)
    refuse_places(loading)
    insert_clean(loading, columns, make)
    return put(loading, target, columns)


def read_table(loading: Loading) -> list[Row]:
    """The rows of a small table without geometry that the rules let in."""
    stage(loading)
    return [row for _rank, row in accept_rows(loading)]


# -- what the file holds -----------------------------------------------------------------------------------------------


def stage(loading: Loading) -> None:
    """COPY the file's rows into a temporary table: rank, its fields as text, its geometry repaired."""
    table, fields = loading.delivered, fields_of(loading.delivered)
    names = [sql.Identifier(name.lower()) for name, _source in fields]
    geometry = ", geom geometry(Geometry, 2154)" if table.table.letter else ""
    create(DELIVERED, [sql.SQL("{} text").format(name) for name in names], geometry)
    plan = CopyPlan(
        columns=tuple(Column(source, "text") for _name, source in fields),
        geometry=geometry_of(table),
        identifier=next((source for name, source in fields if name == loading.identifier), None),
    )
    statement = sql.SQL("copy {} from stdin").format(DELIVERED)
    layer = table.stem if table.info.name == table.stem else None
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in loading.reader.copy(table.name, plan=plan, layer=layer):
            copy.write(chunk.lines)
            for problem in (*chunk.problems, *chunk.repairs):
                take_note(loading, problem)
            share = min(chunk.last / max(table.info.features, 1), 1.0)
            loading.progress(share, _("Reading %(file)s") % {"file": loading.file.name})


def geometry_of(table: DeliveredTable) -> GeometryColumn | None:
    if table.table.letter is None:
        return None
    return GeometryColumn(family=FAMILIES[table.table.letter], multi=True, epsg=table.epsg or 2154)


def create(table: sql.Identifier, columns: Sequence[sql.Composable], more: str) -> None:
    column_list = sql.SQL("").join([sql.SQL(", {}").format(one) for one in columns])
    run_statement("drop table if exists {}", table)
    run_statement(
        "create temporary table {} (rank bigint primary key{}{}) on commit drop", table, column_list, sql.SQL(more)
    )


def take_note(loading: Loading, problem: Problem) -> None:
    """A row that the reader refuses, or whose geometry it repaired: told once the row has come in."""
    for finding in cnig.findings(cnig.Shape(problem=problem), problem.index or 0, problem.identifier):
        if finding.rule.effect is Effect.ROW:
            loading.file.row_refused(finding)
        else:
            loading.repairs[finding.index] = finding


def refuse_places(loading: Loading) -> None:
    """Take out what lies outside France, and outside the territory where there is one to keep to."""
    if loading.table.letter is None:
        return
    west, south, east, north = FRANCE_2154
    box = {"west": west, "south": south, "east": east, "north": north}
    take_out(loading, IN_FRANCE, box, france=True)
    if loading.area is not None:
        take_out(loading, IN_AREA, {"area": loading.area.hexewkb.decode()})


IN_FRANCE = sql.SQL("geom @ st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)")
IN_AREA = sql.SQL("st_intersects(geom, %(area)s::geometry)")
OUT = "delete from {} where not {} returning rank, round(st_x(st_centroid(geom))), round(st_y(st_centroid(geom)))"


def take_out(loading: Loading, within: sql.SQL, values: Mapping[str, Any], *, france: bool = False) -> None:
    for rank, x, y in fetch_rows(OUT, DELIVERED, within, **values):
        for finding in cnig.findings(cnig.Outside(x=int(x), y=int(y), france=france), int(rank)):
            loading.file.row_refused(finding)


# -- what the rules let in ---------------------------------------------------------------------------------------------


def accept_rows(loading: Loading) -> Iterator[tuple[int, Row]]:
    """The rows that no rule refuses, with their rank; everything that was found goes into the report."""
    fields = [name for name, _source in fields_of(loading.delivered)]
    remarks = Remarks(loading.file)
    for rank, *values in chunks(fields):
        given = {name: tidy(name, value) for name, value in zip(fields, values, strict=True)}
        row = Row(table=loading.table, values=given, present=frozenset(fields), known=loading.known)
        findings = list(cnig.findings(row, rank, row[loading.identifier] or None))
        refused = next((one for one in findings if one.rule.effect is Effect.ROW), None)
        if refused:
            loading.file.row_refused(refused)
            continue
        for one in findings:
            remarks.add(one)
        cnig.remember(row)
        repair = loading.repairs.get(rank)
        loading.file.row_loaded(rank, row[loading.identifier] or None, [repair] if repair else ())
        yield rank, row
    remarks.report()


def chunks(fields: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """(rank, values…) of every row that was delivered, some thousands in memory at a time."""
    names = sql.SQL("").join([sql.SQL(", {}").format(sql.Identifier(name.lower())) for name in fields])
    last = 0
    while chunk := fetch_rows(
        "select rank{} from {} where rank > %(last)s order by rank limit %(chunk)s",
        names,
        DELIVERED,
        last=last,
        chunk=CHUNK,
    ):
        yield from chunk
        last = chunk[-1][0]


def tidy(name: str, value: str | None) -> str:
    """A value without blanks around it; numeric identifiers of a DBF without their decimals (35.00)."""
    text = (value or "").strip()
    whole, point, decimals = text.partition(".")
    if name.startswith("ID") and point and whole.isdecimal() and not decimals.strip("0"):
        return whole
    return text


def insert_clean(loading: Loading, columns: Sequence[str], make: Make) -> None:
    """The values of the rows that were let in, as texts beside their rank, in a temporary table."""
    create(CLEAN, [sql.SQL("{} text").format(sql.Identifier(name)) for name in columns], "")
    pending: list[Made] = []
    for rank, row in accept_rows(loading):
        pending.append((rank, *make(row)))
        if len(pending) == CHUNK:
            copy_clean(pending)
            pending = []
    copy_clean(pending)


def copy_clean(made: Sequence[Made]) -> None:
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin").format(CLEAN)) as copy:
        for row in made:
            copy.write_row(row)


def put(loading: Loading, target: str, columns: Sequence[str]) -> int:
    """Insert the clean rows into the target, texts cast to its columns' types by PostgreSQL."""
    casts: list[sql.Composable] = [
        sql.SQL("c.{}{}").format(sql.Identifier(name), sql.SQL(cast_of(name))) for name in columns
    ]
    names = [sql.Identifier(name) for name in columns]
    if loading.table.letter:
        names.append(sql.Identifier("geom"))
        casts.append(sql.SQL("d.geom"))
    return run_statement(
        "insert into {} ({}) select {} from {} c join {} d using (rank) order by rank",
        *(sql.Identifier(target), sql.SQL(", ").join(names), sql.SQL(", ").join(casts), CLEAN, DELIVERED),
    )


def cast_of(column: str) -> str:
    """Foreign keys and dates; every other column is a text."""
    if column.endswith("_id"):
        return "::bigint"
    return "::date" if column.endswith("_date") or column == "datvalid" else ""


def day_or_none(text: str) -> date | None:
    return cnig.date_of(text) if text else None


def address(text: str) -> str:
    """An address that a page may link to, else "" (the rules tell)."""
    return text[:500] if cnig.ADDRESS.fullmatch(text) else ""


def subcode(text: str) -> str:
    return text if cnig.CODE.fullmatch(text) else ""


def run_statement(statement: Any, *parts: sql.Composable, **names: Any) -> int:
    """Run SQL written with `{}` for identifiers and `%(name)s` for values; how many rows it touched."""
    touched: int = execute(sql.SQL(statement).format(*parts), names or None)
    return touched


def fetch_rows(statement: Any, *parts: sql.Composable, **names: Any) -> list[tuple[Any, ...]]:
    """As `run_statement`, for what it answers."""
    return fetch_all(sql.SQL(statement).format(*parts), names or None)
