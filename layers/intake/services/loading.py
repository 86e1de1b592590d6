"""Rows from the restricted reader into a table without row policies, by COPY; then those that may not come in go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import execute, fetch_all
from gis_core.errors import Invalid
from gis_core.files.reader import Column, CopyPlan, GeometryColumn
from gis_core.files.reader.vectors import Bounds, Family
from layers.catalogue.tables import SQL_TYPES, GeometryType
from layers.features.services.shapes import kind_of_table
from layers.intake.choices import HEIGHT, Choices, Field, has_heights, keeps_heights
from layers.intake.models import FileImport
from layers.intake.outcome import Outcome
from layers.intake.services.reading import open_data_set
from layers.intake.services.territory import territory_bounds
from layers.intake.source import Progress

STAGED = "staged"
EXAMPLES = 5
# Places on the small map.
DRAWN = 400

MULTI: dict[str, GeometryType] = {"point": "MultiPoint", "line": "MultiLineString", "polygon": "MultiPolygon"}
MULTI_Z: dict[str, GeometryType] = {"line": "MultiLineStringZ", "polygon": "MultiPolygonZ"}
NO_PLACE = sql.SQL("null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One layer of a delivery: the data set and the layer as they were found."""

    delivery: FileImport
    data_set: dict[str, Any]
    layer: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The table to fill; a row's id is its rank in the file. `geometry` is its type, None while addresses are to be
    looked up; `constants` fill columns with one value each.
    """

    table: sql.Composable
    geometry: GeometryType | None
    columns: Sequence[Field]
    constants: dict[str, int | None] = field(default_factory=dict)


def geometry_type_of(choices: Choices, layer: dict[str, Any]) -> GeometryType:
    """The type of a new table's geometry: lines and polygons may always have parts, points where some do; lines and
    polygons have heights (Z) where those of the file have.
    """
    if choices.geometry == "point":
        return "MultiPoint" if layer["geometry_types"].get("MultiPoint") else "Point"
    has_places = not choices.addresses and not choices.join
    return (MULTI_Z if has_places and has_heights(layer) else MULTI)[choices.geometry]


def geometry_type_in(table: str) -> GeometryType:
    """The type of the geometry of a table that exists."""
    return cast(GeometryType, kind_of_table(table))


def has_z(geometry: GeometryType | None) -> bool:
    """Whether places of this type have heights (Z)."""
    return geometry is not None and geometry.endswith("Z")


def place_of(geometry: GeometryType | None, former: sql.Composable = NO_PLACE) -> sql.Composable:
    """A staged place as a table of this type takes it: heights of the file, of the `former` place, or 0."""
    if not has_z(geometry):
        return sql.SQL("staged.geom")
    return sql.SQL("arpent.with_heights(staged.geom, {})").format(former)


def create_staged(columns: Sequence[Field], *more: str, flat: bool = True) -> sql.Composable:
    """The temporary table `staged`: a row's rank in the file as `id`, its columns, `more` texts, its geometry, which
    may have heights where it is not `flat`.
    """
    typed = [sql.SQL("{} {}").format(sql.Identifier(one.name), sql.SQL(SQL_TYPES[one.type])) for one in columns]
    typed += [sql.SQL("{} text").format(sql.Identifier(name)) for name in more]
    statement = "create temporary table {} (id bigint not null, {}geom {}) on commit drop"
    kind = sql.SQL("geometry(Geometry, 2154)" if flat else "geometry")
    run(statement, sql.Identifier(STAGED), sql.SQL("").join(sql.SQL("{}, ").format(one) for one in typed), kind)
    return sql.Identifier(STAGED)


def load(
    source: Source, choices: Choices, target: Target, outcome: Outcome, progress: Progress, *, takes_away: bool = False
) -> None:
    """COPY every row that can be used into the target. Of a file that may be cut nothing is read where rows that it
    does not hold are to go.
    """
    plan = copy_plan(choices, target, takes_away, territory_bounds(source.delivery.owner))
    names = [*(one.name for one in target.columns), *(["geom"] if target.geometry else []), *target.constants]
    statement = sql.SQL("copy {} (id, {}) from stdin").format(target.table, join_names(names))
    if not names:
        statement = sql.SQL("copy {} (id) from stdin").format(target.table)
    expected = max(source.layer["features"], 1)
    with (
        open_data_set(source.delivery, source.data_set["file"], source.data_set["companions"]) as (reader, name),
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for copied in reader.copy(name, plan=plan, layer=source.layer["name"]):
            copy.write(copied.lines)
            outcome.came_in(copied.rows, copied.repairs)
            outcome.left_out(copied.problems)
            progress(min(copied.last / expected, 1.0), _("Reading %(file)s") % {"file": source.data_set["file"]})


def copy_plan(choices: Choices, target: Target, takes_away: bool, around: Bounds) -> CopyPlan:
    """What the reader is to give for this target."""
    geometry = None
    if target.geometry:
        multi = target.geometry.startswith("Multi")
        epsg, family = choices.opening.crs or 0, family_of(choices.geometry)
        dimension: Literal[2, 3] = 3 if keeps_heights(choices) or has_z(target.geometry) else 2
        geometry = GeometryColumn(family=family, multi=multi, epsg=epsg, dimension=dimension, invalid=choices.invalid)
    return CopyPlan(
        columns=tuple(Column(one.source, MEASURES.get(one.type, one.type)) for one in target.columns),
        geometry=geometry,
        reading=replace(choices.opening.reading(), ended=takes_away or None, around=around),
        identifier=next((one.source for one in choices.fields if one.name == choices.key), None),
        constants=tuple(target.constants.values()),
    )


# The reader knows plain types alone.
MEASURES: dict[str, Any] = {"area_m2": "number", "length_m": "number"}


def family_of(geometry: str) -> Family:
    return "point" if geometry == "point" else "line" if geometry == "line" else "polygon"


def refuse_outside(target: Target, choices: Choices, territory: bytes | None, outcome: Outcome) -> None:
    """Take rows outside the territory (WKB, EPSG:2154) out, or count them where they may come in."""
    if territory is None:
        return
    outside = sql.SQL("not st_intersects(geom, st_setsrid(st_geomfromwkb(%(territory)s), 2154))")
    if choices.outside:
        ((outcome.outside,),) = rows("select count(*) from {} where {}", target.table, outside, territory=territory)
        return
    gone = rows(
        "delete from {} where {} returning id, {}, round(st_x(st_centroid(geom))), round(st_y(st_centroid(geom)))",
        *(target.table, outside, key_text(choices)),
        territory=territory,
    )
    for number, key, x, y in gone:
        outcome.take_out(number, key, "outside_territory_place", {"x": int(x), "y": int(y)})
    outcome.outside = len(gone)
    outcome.outside_places = [int(edge) for _number, _key, *place in gone[:DRAWN] for edge in place]


def some_places(table: sql.Composable) -> list[int]:
    """[x, y, …] of some rows, spread over the table."""
    statement = (
        "select round(st_x(spot)), round(st_y(spot)) from (select st_pointonsurface(geom) as spot from {}"
        " where id %% greatest(1, (select count(*) from {}) / %(most)s) = 0 and geom is not null limit %(most)s) drawn"
    )
    return [int(edge) for place in rows(statement, table, table, most=DRAWN) for edge in place]


def refuse_duplicates(target: Target, choices: Choices, outcome: Outcome) -> None:
    """Take out every row whose reference another row of the file has: nobody can say which one is right."""
    if not choices.key:
        return
    gone = rows(
        "with twice as (select {key} as key, array_agg(id order by id) as ids from {table} where {key} is not null"
        " group by 1 having count(*) > 1)"
        " delete from {table} row using twice where row.{key} = twice.key returning row.id, {text}, twice.ids",
        *(),
        key=sql.Identifier(choices.key),
        table=target.table,
        text=key_text(choices, "row"),
    )
    for number, key, ids in gone:
        others = ", ".join(str(one) for one in ids if one != number)
        outcome.take_out(number, key, "duplicate_key", {"key": key, "rows": others[:80]})


def check_unique(target: Target, choices: Choices) -> None:
    """Check that the chosen reference is unique in the file. Raises Invalid, with some values that are not."""
    if not choices.key:
        return
    duplicates = rows(
        "select {}, count(*), count(*) over () from {} where {} is not null group by 1 having count(*) > 1"
        " order by 2 desc, 1 limit %(most)s",
        *(key_text(choices), target.table, sql.Identifier(choices.key)),
        most=EXAMPLES,
    )
    if duplicates:
        message = _(
            "“%(column)s” cannot be the unique reference: %(count)s of its values come back (%(examples)s). Choose "
            "another reference, or none."
        )
        examples = ", ".join(f"{key} (×{times})" for key, times, _all in duplicates)
        label = next(one.label for one in choices.fields if one.name == choices.key)
        raise Invalid(message % {"column": label, "count": duplicates[0][2], "examples": examples}, parameter="key")


def refuse_missing_key(target: Target, choices: Choices, outcome: Outcome) -> None:
    """Take out rows without a reference: they cannot be compared with anything."""
    gone = rows("delete from {} where {} is null returning id", target.table, sql.Identifier(choices.key))
    for (number,) in gone:
        outcome.take_out(number, None, "key_missing", {})


def take_heights(target: Target) -> None:
    """Put the heights of points in their column; what has none, or 0, has no value there."""
    run(
        "update {table} set {height} = nullif(round(st_z(st_geometryn(geom, 1))::numeric, 3), 0),"
        " geom = st_force2d(geom)",
        table=target.table,
        height=sql.Identifier(HEIGHT),
    )


def refuse_unknown(target: Target, choices: Choices, table: str, known: sql.Composable, outcome: Outcome) -> None:
    """Take out rows whose reference no object of the layer has in its column `known`: only attributes come in."""
    gone = rows(
        "delete from {staged} row where not exists (select from {table} old where old.{known} = row.{key})"
        " returning row.id, {text}",
        staged=target.table,
        table=sql.Identifier(table),
        known=known,
        key=sql.Identifier(choices.key),
        text=key_text(choices, "row"),
    )
    for number, key in gone:
        outcome.take_out(number, key, "key_unknown", {"key": key})


def restore_codes(target: Target, choices: Choices, columns: Sequence[Mapping[str, Any]]) -> None:
    """Codes where the file has their labels, French or English: exports may write them in place of codes."""
    names = set(choices.column_names())
    for column in columns:
        codes = codes_by_label(column.get("values") or {})
        if column["name"] in names and column["type"] == "text" and codes:
            run(
                "update {table} row set {name} = meant.code from unnest(%(labels)s::text[], %(codes)s::text[])"
                " as meant(label, code) where row.{name} = meant.label",
                table=target.table,
                name=sql.Identifier(column["name"]),
                labels=list(codes),
                codes=list(codes.values()),
            )


def codes_by_label(values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The code that a label means, of those that mean one alone and are no code themselves."""
    meant: dict[str, set[str]] = {}
    for code, labels in values.items():
        for label in labels:
            meant.setdefault(label, set()).add(code)
    return {label: next(iter(codes)) for label, codes in meant.items() if len(codes) == 1 and label not in values}


def refuse_known(target: Target, choices: Choices, table: str, outcome: Outcome) -> None:
    """Take out rows whose reference an object of the layer has already."""
    if not choices.key:
        return
    gone = rows(
        "delete from {staged} row using {table} old where row.{key} = old.{key} returning row.id, {text}",
        staged=target.table,
        table=sql.Identifier(table),
        key=sql.Identifier(choices.key),
        text=key_text(choices, "row"),
    )
    for number, key in gone:
        outcome.take_out(number, key, "key_exists", {"key": key})


def key_text(choices: Choices, alias: str = "") -> sql.Composable:
    """The unique reference as text, null where none is chosen."""
    if not choices.key:
        return sql.SQL("null::text")
    name = sql.Identifier(alias, choices.key) if alias else sql.Identifier(choices.key)
    return sql.SQL("{}::text").format(name)


def join_names(names: Iterable[str], alias: str = "") -> sql.Composable:
    """Names of columns between commas."""
    return sql.SQL(", ").join(sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names)


def compose_statement(
    statement: Any, parts: Sequence[sql.Composable], params: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    inside = {name: part for name, part in params.items() if isinstance(part, sql.Composable)}
    values = {name: value for name, value in params.items() if name not in inside}
    return sql.SQL(statement).format(*parts, **inside), values


def run(statement: Any, *parts: sql.Composable, **params: Any) -> int:
    """Run SQL written with `{}` or `{name}` for identifiers and `%(name)s` for values; how many rows it touched."""
    return execute(*compose_statement(statement, parts, params))


def rows(statement: Any, *parts: sql.Composable, **params: Any) -> list[tuple[Any, ...]]:
    """As `run`, for what it answers."""
    return fetch_all(*compose_statement(statement, parts, params))
