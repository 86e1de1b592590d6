"""Reading features for OGC API: GeoJSON that PostgreSQL writes and nobody reads again on the way.

Which layer may be read is asked before; which rows, PostgreSQL's policies decide; which columns, `Layer.fields_for`.
Pages follow the identifiers: the thousandth page costs as much as the first.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import DataError, InternalError
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import SQL, Composable, Identifier

from gis_core.database.statements import fetch_one
from gis_core.desk.parameters import Parameters, finite
from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.cql2 import LANGUAGES, Condition, Queryable, compile_filter, parse, queryables_of
from layers.features.cql2.queryables import Queryables, geometry_name
from layers.features.crs import CRS84, Crs, parse_crs
from layers.features.services.read import COUNT_LIMIT, LARGEST_ID, version_of

MOST_ITEMS = 10_000
DEFAULT_ITEMS = 100
PARAMETERS = (
    "bbox",
    "bbox-crs",
    "datetime",
    "limit",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
    "cursor",
    "f",
)
"""Parameters of a page of items beside the properties of the layer."""


# -- what is asked for ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after an identifier. `matched` is what the first page counted, None above 10,000."""

    after: int
    matched: int | None

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that `text` wrote. Raises Invalid for anything else."""
        try:
            after, matched = base64.urlsafe_b64decode(text.encode() + b"==").decode().split(".")
            read = cls(int(after), int(matched) if matched else None)
        except (ValueError, binascii.Error) as error:
            raise Invalid(_("“cursor” is the one of a “next” link."), parameter="cursor") from error
        if not (0 <= read.after <= LARGEST_ID and 0 <= (read.matched or 0) <= COUNT_LIMIT) or read.text != text:
            raise Invalid(_("“cursor” is the one of a “next” link."), parameter="cursor")
        return read

    @property
    def text(self) -> str:
        matched = "" if self.matched is None else self.matched
        return base64.urlsafe_b64encode(f"{self.after}.{matched}".encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """A page of the features that a condition selects (None: all), in a system of coordinates."""

    condition: Condition | None
    crs: Crs
    limit: int
    cursor: Cursor | None

    @classmethod
    def parse(cls, parameters: Parameters, layer: Layer, rights: Rights) -> "ItemsQuery":
        """The items that a query string asks for, in one of the layer's systems.

        Raises Invalid, also for a parameter that there is not.
        """
        queryables = queryables_of(layer, rights)
        check_known(parameters, queryables)
        cursor = parameters.get("cursor", "")
        return cls(
            selection(parameters, layer, queryables),
            parse_crs(parameters, "crs"),
            limit(parameters),
            Cursor.parse(cursor) if cursor else None,
        )


def check_known(parameters: Parameters, queryables: Queryables) -> None:
    known = {*PARAMETERS, *(one.name for one in equals(queryables))}
    for name in parameters:
        if name not in known:
            message = _("There is no parameter “%(name)s” here. There are: %(known)s.")
            raise Invalid(message % {"name": name[:60], "known": ", ".join(sorted(known))}, parameter=name[:60])


def equals(queryables: Queryables) -> Iterator[Queryable]:
    """The queryables that a parameter of their own name filters by."""
    return (one for one in queryables.values() if one.kind != "geometry" and one.name not in PARAMETERS)


def limit(parameters: Parameters) -> int:
    """How many features of a page; more than the most is the most. Raises Invalid."""
    text = parameters.get("limit", "")
    if not text:
        return DEFAULT_ITEMS
    if not (text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) > 0):
        message = _("“%(name)s” must be a whole number between %(low)s and %(high)s.")
        raise Invalid(message % {"name": "limit", "low": 1, "high": MOST_ITEMS}, parameter="limit")
    return min(int(text), MOST_ITEMS)


def selection(parameters: Parameters, layer: Layer, queryables: Queryables) -> Condition | None:
    """What bbox, datetime, properties and filter select together; None where they select everything. Raises Invalid."""
    conditions = [
        *inside(parameters, layer, queryables),
        *at_time(parameters, queryables),
        *with_values(parameters, queryables),
        *filter_conditions(parameters, queryables),
    ]
    if not conditions:
        return None
    values = {name: value for condition in conditions for name, value in condition.values.items()}
    return Condition(SQL(" and ").join([condition.sql for condition in conditions]), values)


def inside(parameters: Parameters, layer: Layer, queryables: Queryables) -> Iterator[Condition]:
    crs = parse_crs(parameters, "bbox-crs")
    if text := parameters.get("bbox", ""):
        numbers = [finite(part) for part in text.split(",", 6)]
        if len(numbers) not in (4, 6) or None in numbers:
            raise Invalid(_("“bbox” must be four numbers, or six with heights."), parameter="bbox")
        tree = {"op": "s_intersects", "args": [{"property": geometry_name(layer)}, {"bbox": numbers}]}
        yield under("bbox", tree, queryables, crs, "b")


def at_time(parameters: Parameters, queryables: Queryables) -> Iterator[Condition]:
    """The layer's first date decides; a layer without dates has always been and will always be."""
    text = parameters.get("datetime", "")
    dated = next((one for one in queryables.values() if one.kind in ("date", "timestamp")), None)
    if text:
        bounds = [".." if bound == "" or bound.startswith("0000-") else bound for bound in text.split("/", 2)]
        if len(bounds) > 2 or bounds == [".."] or bounds == ["..", ".."] or backwards(*bounds):
            message = _("“datetime” must be a date, a date and time, or two of them with a slash between.")
            raise Invalid(message, parameter="datetime")
        tree = {"interval": bounds if len(bounds) == 2 else bounds * 2}
        within = {"op": "t_intersects", "args": [{"property": dated.name} if dated else tree, tree]}
        yield under("datetime", within, queryables, CRS84, "d")


def backwards(first: str, last: str = "..") -> bool:
    """Whether an interval ends on a day before its first."""
    return ".." not in (first, last) and first[:10] > last[:10]


def with_values(parameters: Parameters, queryables: Queryables) -> Iterator[Condition]:
    """Properties with the value that a parameter of their name says."""
    for number, one in enumerate(equals(queryables)):
        if one.name in parameters:
            tree = {"op": "=", "args": [{"property": one.name}, read_value(one, parameters[one.name])]}
            yield under(one.name, tree, queryables, CRS84, f"p{number}_")


def read_value(queryable: Queryable, text: str) -> Any:
    """A parameter's text as a value that a filter would write. Raises Invalid."""
    read: Any = text
    if queryable.kind == "number":
        read = finite(text)
    elif queryable.kind == "boolean":
        # GDAL writes 1 and 0.
        read = {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
    if read is None:
        raise Invalid(
            _("“%(name)s” has a value that it cannot have.") % {"name": queryable.name}, parameter=queryable.name
        )
    return read


def filter_conditions(parameters: Parameters, queryables: Queryables) -> Iterator[Condition]:
    crs, language = parse_crs(parameters, "filter-crs"), parameters.get("filter-lang", "") or LANGUAGES[0]
    if language not in LANGUAGES:
        message = _("“filter-lang” must be one of %(known)s.") % {"known": ", ".join(LANGUAGES)}
        raise Invalid(message, parameter="filter-lang")
    if "filter" in parameters:
        yield compile_filter(parse(parameters["filter"], language), queryables, crs)


def under(name: str, tree: Any, queryables: Queryables, crs: Crs, prefix: str) -> Condition:
    """A condition that another parameter than `filter` means, and is refused under its name."""
    try:
        return compile_filter(tree, queryables, crs, prefix=prefix)
    except Invalid as error:
        raise Invalid(error.message, parameter=name) from error


# -- pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Items:
    """GeoJSON features, separated by commas; `matched` is None above 10,000, `following` at the end."""

    features: str
    returned: int
    matched: int | None
    following: Cursor | None


def read_items(layer: Layer, query: ItemsQuery, rights: Rights) -> Items:
    """One page. Raises Invalid where the filter computes what cannot be computed."""
    values = {"after": 0, "limit": query.limit, "more": query.limit + 1, "counted": COUNT_LIMIT + 1}
    if query.cursor:
        values["after"] = query.cursor.after
    page_row = run(statement_of(layer, query, rights), values, query.condition)
    matched = query.cursor.matched if query.cursor else page_row.matched
    if matched is not None and matched > COUNT_LIMIT:
        # More than can be counted: they were not found in the order of pages.
        matched = None
        if query.condition:
            page_row = run(page_of_many(layer, query, rights), values, query.condition)
    following = Cursor(page_row.last, matched) if page_row.more else None
    return Items(page_row.features or "", page_row.returned, matched, following)


def statement_of(layer: Layer, query: ItemsQuery, rights: Rights) -> Composable:
    if query.condition is None:
        return page_of_all(layer, query, rights)
    many = query.cursor is not None and query.cursor.matched is None
    return page_of_many(layer, query, rights) if many else page_of_few(layer, query, rights)


class PageRow(NamedTuple):
    """The one row of a page's statement: the last identifier, and whether there are more behind it."""

    returned: int
    last: int
    features: str | None
    matched: int | None
    more: bool


def run(statement: Composable, values: dict[str, Any], condition: Condition | None) -> PageRow:
    """Send a page's statement. Raises Invalid where the condition computes what cannot be computed."""
    given = values | (condition.values if condition else {})
    try:
        return PageRow(*fetch_one(statement, given))
    except (DataError, InternalError) as error:
        if condition is None:
            raise
        message = _("The filter asks for what cannot be computed for some features (a number out of range, a shape).")
        raise Invalid(message, parameter="filter") from error


PAGE_SQL = SQL(
    "select returned, last, features, {matched}, {more}"
    " from (select count(*) as returned, max(id) as last, string_agg(feature, ',') as features"
    " from (select id, {feature} as feature from {rows} page) written) written"
)
"""The features of a page's rows; `matched` and `more` may name `returned` and `last`."""


def page_of_all(layer: Layer, query: ItemsQuery, rights: Rights) -> Composable:
    """Walk the primary key; count only where there is another page."""
    table, more = table_of(layer), SQL("exists (select from {} where id > last)").format(table_of(layer))
    count_sql = SQL(
        "case when {} then (select count(*) from (select from {} limit %(counted)s) counted) else returned end"
    ).format(more, table)
    return PAGE_SQL.format(
        matched=SQL("null") if query.cursor else count_sql,
        more=more,
        feature=feature_of(layer, query.crs, rights),
        rows=SQL("(select * from {} where id > %(after)s order by id limit %(limit)s)").format(table),
    )


def page_of_few(layer: Layer, query: ItemsQuery, rights: Rights) -> Composable:
    """What matches is found first, by any index: with a small limit the planner would walk the primary key.

    More than can be counted give no page: what was found of them is not the beginning.
    """
    assert query.condition is not None
    matches_sql = SQL(
        "with found as materialized (select id, ctid as _place from {table} where {where} limit %(counted)s),"
        " page as materialized (select _place from found where id > %(after)s"
        " and (select count(*) from found) < %(counted)s order by id limit %(more)s) "
    ).format(table=table_of(layer), where=query.condition.sql)
    return matches_sql + of_page(layer, query, rights, matched=SQL("(select count(*) from found)"))


def page_of_many(layer: Layer, query: ItemsQuery, rights: Rights) -> Composable:
    """Where more than 10,000 match, walking the primary key meets them soon.

    `offset 0` keeps the condition out of the walk: the planner cannot know how much of the table it selects.
    """
    assert query.condition is not None
    page = SQL(
        "with page as materialized (select _place from (select *, ctid as _place from {table}"
        " where id > %(after)s order by id offset 0) walk where {where} limit %(more)s) "
    ).format(table=table_of(layer), where=query.condition.sql)
    return page + of_page(layer, query, rights, matched=SQL("null"))


def of_page(layer: Layer, query: ItemsQuery, rights: Rights, *, matched: Composable) -> Composable:
    """The features whose rows lie at the places in `page`, but for one more: found there at once, without an index."""
    rows = SQL(
        "(select * from {} where ctid = any(array(select _place from page limit %(limit)s)) order by id)"
    ).format(table_of(layer))
    return PAGE_SQL.format(
        matched=matched,
        more=SQL("(select count(*) from page) > %(limit)s"),
        feature=feature_of(layer, query.crs, rights),
        rows=rows,
    )


def table_of(layer: Layer) -> Identifier:
    return Identifier(layer.table)


# -- features ---------------------------------------------------------------------------------------------------------


def feature_of(layer: Layer, crs: Crs, rights: Rights) -> Composable:
    """The expression of a row's GeoJSON feature."""
    names = [field["name"] for field in layer.fields_for(rights)]
    # No column's name begins with a low line: the row's alias hides none.
    properties = SQL("(select _row from (select {}) _row)").format(SQL(", ").join(map(Identifier, names)))
    return SQL(
        '\'{{"type":"Feature","id":\' || id || \',"geometry":\' || coalesce({geometry}, \'null\')'
        " || ',\"properties\":' || row_to_json({properties}) || '}}'"
    ).format(geometry=geojson_of(crs), properties=properties)


def geojson_of(crs: Crs) -> Composable:
    """The expression of a row's GeoJSON geometry."""
    shape = SQL("st_flipcoordinates({})").format(geometry_in(crs)) if crs.y_first else geometry_in(crs)
    return SQL("st_asgeojson({shape}, {decimals}, 0)").format(shape=shape, decimals=sql.Literal(crs.decimals))


def geometry_in(crs: Crs) -> Composable:
    """The geometry in a system, flat: degrees come from the stored Web Mercator copy, in a quarter of the time.

    The copy gives the same degrees to a thousandth of a millimetre: Web Mercator is undone by one formula,
    Lambert-93 step by step.
    """
    if crs.srid == 2154:
        return SQL("st_force2d(geom)")
    if crs.srid == 3857:
        return SQL("geom_3857")
    if crs.geographic:
        return SQL("st_transform(geom_3857, 4326)")
    return SQL("st_transform(st_force2d(geom), {})").format(sql.Literal(crs.srid))


@dataclass(frozen=True, slots=True)
class Item:
    """A GeoJSON feature and its version."""

    feature: str
    version: int


def read_item(layer: Layer, feature_id: int, crs: Crs, rights: Rights) -> Item:
    """One feature. Raises NotFound, also for one that the asker may not see."""
    statement = SQL("select {feature}, {version} from {table} where id = %(id)s").format(
        feature=feature_of(layer, crs, rights), version=version_of(layer), table=table_of(layer)
    )
    row = None
    if 0 <= feature_id <= LARGEST_ID:
        row = fetch_one(statement, {"id": feature_id, "layer_version": layer.version})
    if row is None:
        raise NotFound(_("There is no such object, or you may not see it."))
    return Item(*row)
