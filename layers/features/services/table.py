"""A page of a layer's table for the map: filtered as OGC API filters, sorted by a column, after the last row shown."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DataError, InternalError
from django.utils.translation import gettext as _
from psycopg.sql import SQL, Composable, Identifier

from gis_core.desk.parameters import DEFAULT_ROWS, MOST_ROWS, BBox, Parameters, bbox_4326, integer
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.cql2 import Condition, compile_filter, parse, queryables_of
from layers.features.services.read import LARGEST_ID, Page, columns_of, count, fetch, inside

PARAMETERS = ("filter", "sort")
# Text is sorted as people do it, accents and capitals aside; numbers as real ones, ties by id.
SORTED: Mapping[str, tuple[SQL, SQL]] = {
    "text": (SQL('{} collate "fr-x-icu"'), SQL('%(last)s::text collate "fr-x-icu"')),
    "number": (SQL("{}::float8"), SQL("%(last)s::float8")),
    "boolean": (SQL("{}"), SQL("%(last)s::boolean")),
    "date": (SQL("{}"), SQL("%(last)s::date")),
    "timestamp": (SQL("{}"), SQL("%(last)s::timestamptz")),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row shown: what it was sorted by, as text (None where it is empty), and its id."""

    value: str | None
    id: int

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that `text` wrote. Raises Invalid for anything else."""
        try:
            value, pk = json.loads(base64.urlsafe_b64decode(text.encode() + b"=="))
        except (ValueError, TypeError, binascii.Error) as error:
            raise Invalid(_("“cursor” is the one of a “next” link."), parameter="cursor") from error
        known = (value is None or isinstance(value, str)) and isinstance(pk, int) and 0 <= pk <= LARGEST_ID
        if not known or "\0" in (value or ""):
            raise Invalid(_("“cursor” is the one of a “next” link."), parameter="cursor")
        return cls(value, pk)

    @property
    def text(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.value, self.id]).encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Which rows, in which order. `column` None sorts by id; empty values come last either way."""

    bbox: BBox | None
    condition: Condition | None
    column: str | None
    kind: str
    down: bool
    limit: int
    cursor: Cursor | None

    @classmethod
    def parse(cls, parameters: Parameters, layer: Layer, rights: Rights) -> "TableQuery":
        """The rows of a table that a query string asks for: box in degrees, filter, order, page. Raises Invalid."""
        queryables = queryables_of(layer, rights)
        sort, text, cursor = (parameters.get(name, "") for name in ("sort", "filter", "cursor"))
        column = sort.removeprefix("-")
        if column and (column not in queryables or queryables[column].kind == "geometry"):
            raise Invalid(_("“sort” must be one of the layer's fields, with - before it for the other way round."))
        return cls(
            bbox_4326(parameters),
            compile_filter(parse(text, "cql2-text"), queryables) if text else None,
            queryables[column].column if column else None,
            queryables[column].kind if column else "number",
            sort.startswith("-"),
            integer(parameters, "limit", DEFAULT_ROWS, 1, MOST_ROWS),
            Cursor.parse(cursor) if cursor else None,
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as in a page of features; `cursor` continues, None at the end."""

    page: Page
    cursor: Cursor | None


def list_table(layer: Layer, query: TableQuery, rights: Rights) -> Table:
    """One page. Raises Invalid."""
    where, values = selection_condition(query)
    given = values | {"more": query.limit + 1, "last": query.cursor and query.cursor.value}
    try:
        rows, matched = fetch(statement(layer, query, where, rights), given), count(layer, where, values)
    except (DataError, InternalError) as error:
        message = _("The filter asks for what cannot be computed for some features (a number out of range, a shape).")
        raise Invalid(message, parameter="filter") from error
    page_rows = rows[: query.limit]
    last = Cursor(page_rows[-1]["sorted_as"], page_rows[-1]["id"]) if len(rows) > query.limit else None
    for row in page_rows:
        del row["sorted_as"]
    return Table(Page(page_rows, matched, None), last)


def selection_condition(query: TableQuery) -> tuple[Composable, dict[str, Any]]:
    """The condition that the box and the filter are together, and its values."""
    where, values = inside(query.bbox)
    if query.condition is None:
        return where, values
    return SQL("({}) and ({})").format(where, query.condition.sql), values | query.condition.values


def statement(layer: Layer, query: TableQuery, where: Composable, rights: Rights) -> Composable:
    """The page's rows, each with what it was sorted by.

    What matches is found first: with a small limit the planner would walk a key instead of the spatial index.
    """
    key = sort_key(query)
    direction = SQL("desc") if query.down else SQL("asc")
    page_sql = SQL(
        "with found as materialized (select id, {key} as _key from {table} where {where}),"
        " page as materialized (select id, _key from found where {after} order by _key {direction} nulls last, id"
        " limit %(more)s)"
        " select {columns}, page._key::text as sorted_as from page join {table} using (id)"
        " order by page._key {direction} nulls last, id"
    )
    return page_sql.format(
        key=key,
        table=Identifier(layer.table),
        where=where,
        after=after(query),
        direction=direction,
        columns=columns_of(layer, rights),
    )


def sort_key(query: TableQuery) -> Composable:
    return SQL("null::float8") if query.column is None else SORTED[query.kind][0].format(Identifier(query.column))


def after(query: TableQuery) -> Composable:
    """The rows that come after the cursor's."""
    cursor = query.cursor
    if cursor is None:
        return SQL("true")
    if cursor.value is None:
        return SQL("_key is null and id > {}").format(cursor.id)
    last = SORTED[query.kind][1]
    beyond = SQL("_key < {}") if query.down else SQL("_key > {}")
    return SQL("({} or _key is null or (_key = {} and id > {}))").format(beyond.format(last), last, cursor.id)
