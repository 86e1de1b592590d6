"""How many of a layer's objects do not fit what has just been asked of a field."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from gis_core.database.statements import fetch_one
from layers.catalogue.models import Layer

type Column = Mapping[str, Any]


def unfit(layer: Layer, column: Column, before: Column) -> int:
    """Of the objects that the asker sees; 0 where nothing more is asked than before."""
    conditions, values = stricter_conditions(column, before)
    if not conditions:
        return 0
    name = sql.Identifier(column["name"])
    statement = sql.SQL("select count(*) from {table} where {condition}").format(
        table=sql.Identifier(layer.table),
        condition=sql.SQL(" or ").join(sql.SQL(condition).format(name) for condition in conditions),
    )
    (count,) = fetch_one(statement, values)
    return int(count)


def stricter_conditions(column: Column, before: Column) -> tuple[list[Any], list[Any]]:
    """The conditions under which a value breaks what is newly asked."""
    conditions: list[Any] = []
    values: list[Any] = []
    if column.get("required") and not before.get("required"):
        conditions.append("{} is null")
    if column.get("choices") and column["choices"] != before.get("choices"):
        conditions.append("{} <> all(%s)")
        values.append(list(column["choices"]))
    longest = column.get("maximum_length")
    if longest and longest < (before.get("maximum_length") or longest + 1):
        conditions.append("length({}) > %s")
        values.append(longest)
    return conditions, values
