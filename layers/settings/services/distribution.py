"""How the values of a column are spread: what categories and classes of a style are proposed from."""

from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from layers.catalogue.models import Layer
from layers.catalogue.tables import SQL_TYPES

MOST_VALUES = 100
QUANTILES = 200
CLASSES = range(2, 10)
NUMERIC = frozenset(("bigint", "double precision"))


@dataclass(frozen=True, slots=True)
class Distribution:
    """The most frequent values of a column, with how many features have them; for numbers also their quantiles.

    `values` holds at most 100 and `more` says whether there are others. `quantiles` are QUANTILES + 1 numbers from the
    least to the greatest; `natural` gives the inner breaks of 2 to 9 classes that lie closest around their means.
    """

    values: list[tuple[Any, int]]
    more: bool
    total: int
    empty: int
    quantiles: list[float]
    natural: dict[int, list[float]]

    def as_json(self) -> dict[str, Any]:
        return {
            "values": [{"value": value, "count": count} for value, count in self.values],
            "more": self.more,
            "total": self.total,
            "empty": self.empty,
            "quantiles": self.quantiles,
            "natural": {str(classes): breaks for classes, breaks in self.natural.items()},
        }


def distribution(layer: Layer, name: str) -> Distribution:
    """Of a column that the layer's tiles carry: a style chooses by no other. Raises Invalid."""
    column = next((field for field in layer.tile_fields() if field["name"] == name), None)
    if column is None:
        raise Invalid(_("The tiles of this layer carry no column of this name."), parameter="column")
    frequencies = rows(FREQUENCIES, layer, name, most=MOST_VALUES + 1)
    ((total, empty),) = rows(TOTALS, layer, name)
    values = [(plain(value), count) for value, count in frequencies if is_finite(value)]
    quantiles = quantiles_of(layer, name) if SQL_TYPES[column["type"]] in NUMERIC else []
    natural = {classes: natural_breaks(tuple(quantiles), classes) for classes in CLASSES} if quantiles else {}
    return Distribution(values[:MOST_VALUES], len(values) > MOST_VALUES, total, empty, quantiles, natural)


FREQUENCIES = sql.SQL(
    "select {column}, count(*) from {table} where {column} is not null"
    " group by 1 order by count(*) desc, 1 limit %(most)s"
)
TOTALS = sql.SQL("select count(*), count(*) filter (where {column} is null) from {table}")
SPREAD = sql.SQL(
    "select percentile_disc(%(shares)s::float8[]) within group (order by {column}::float8) from {table}"
    " where {column}::float8 between -1e300 and 1e300"
)


def quantiles_of(layer: Layer, name: str) -> list[float]:
    shares = [step / QUANTILES for step in range(QUANTILES + 1)]
    ((quantiles,),) = rows(SPREAD, layer, name, shares=shares)
    return [float(value) for value in quantiles or ()]


def rows(statement: sql.SQL, layer: Layer, column: str, **values: Any) -> list[tuple[Any, ...]]:
    """What the asker sees of the layer's table: its row policies hold."""
    composed = statement.format(table=sql.Identifier(layer.table), column=sql.Identifier(column))
    return fetch_all(composed, values)


def is_finite(value: Any) -> bool:
    return not isinstance(value, float) or isfinite(value)


def plain(value: Any) -> Any:
    """A value as tiles carry it: dates as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return float(value) if isinstance(value, float) or hasattr(value, "as_tuple") else value.isoformat()


@cache
def weights(count: int) -> Any:
    return np.arange(count + 1)


def natural_breaks(sample: tuple[float, ...], classes: int) -> list[float]:
    """The inner breaks of classes of least variance (Fisher, Jenks) in a sorted sample; fewer where values are few."""
    values = np.asarray(sample)
    if len(np.unique(values)) <= classes:
        return [float(value) for value in np.unique(values)[1:]]
    sums, squares = (np.concatenate([[0.0], np.cumsum(values**power)]) for power in (1, 2))
    count = len(values)
    ends = weights(count)
    best = spread_between(sums, squares, 0, ends)
    begins = np.zeros((classes, count + 1), dtype=int)
    for level in range(1, classes):
        costs = np.full(count + 1, np.inf)
        for end in range(level + 1, count + 1):
            starts = ends[level:end]
            options = best[starts] + spread_between(sums, squares, starts, end)
            chosen = int(np.argmin(options))
            costs[end], begins[level, end] = options[chosen], starts[chosen]
        best = costs
    breaks, end = [], count
    for level in range(classes - 1, 0, -1):
        end = begins[level, end]
        breaks.append(float(values[end]))
    return sorted(set(breaks))


def spread_between(sums: Any, squares: Any, start: Any, end: Any) -> Any:
    """The sum of squared differences from the mean of the values from `start` to before `end`."""
    size = np.maximum(end - start, 1)
    return squares[end] - squares[start] - (sums[end] - sums[start]) ** 2 / size
