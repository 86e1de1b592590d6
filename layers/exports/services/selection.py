"""Which features of a layer are exported: those in a bbox, those that a filter finds, those of a list, or all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DataError, InternalError
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_one
from gis_core.desk.parameters import BBox, Parameters, bbox_4326
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.cql2 import Condition, queryables_of
from layers.features.services.query import filter_conditions
from layers.features.services.read import LARGEST_ID, inside

FILTER = ("filter", "filter-lang", "filter-crs")
MOST_IDS = 50_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions that hold together; `bbox` in EPSG:4326, `filter` in CQL2."""

    bbox: BBox | None = None
    filter: str = ""
    filter_lang: str = ""
    filter_crs: str = ""
    ids: tuple[int, ...] | None = None

    @classmethod
    def parse(cls, parameters: Parameters) -> "Selection":
        """`bbox`, `filter`, `filter-lang`, `filter-crs` and `ids`; raises Invalid."""
        text, language, crs = (parameters.get(name, "") for name in FILTER)
        return cls(bbox_4326(parameters), text, language, crs, ids_of(parameters.get("ids", "")))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Selection":
        """The selection that `as_json` kept."""
        bbox, ids = kept["bbox"], kept["ids"]
        west, south, east, north = bbox or (0, 0, 0, 0)
        return cls(
            (west, south, east, north) if bbox else None,
            kept["filter"],
            kept["filter_lang"],
            kept["filter_crs"],
            None if ids is None else tuple(ids),
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def condition(self, layer: Layer, rights: Rights) -> Condition:
        """The condition on the rows of the layer's table, by the columns that the asker sees; raises Invalid."""
        parts: list[sql.Composable] = [sql.SQL("true")]
        values: dict[str, Any] = {}
        where, inside_values = inside(self.bbox)
        if self.bbox is not None:
            parts.append(where)
            values |= inside_values
        if self.ids is not None:
            parts.append(sql.SQL("id = any(%(ids)s)"))
            values["ids"] = list(self.ids)
        for condition in self.compile_filter(layer, rights):
            parts.append(condition.sql)
            values |= condition.values
        return Condition(sql.SQL(" and ").join(sql.SQL("({})").format(part) for part in parts), values)

    def compile_filter(self, layer: Layer, rights: Rights) -> Iterator[Condition]:
        """The filter as OGC API compiles it; an empty one is none."""
        given = dict(zip(FILTER, (self.filter, self.filter_lang, self.filter_crs), strict=True))
        if not self.filter:
            del given["filter"]
        return filter_conditions(given, queryables_of(layer, rights))

    @contextmanager
    def refuse_uncomputable(self) -> Iterator[None]:
        """While rows are read: a filter that asks for what cannot be computed for some is refused. Raises Invalid."""
        try:
            yield
        except (DataError, InternalError) as error:
            if not self.filter:
                raise
            message = _(
                "The filter asks for what cannot be computed for some features (a number out of range, a shape)."
            )
            raise Invalid(message, parameter="filter") from error


def ids_of(text: str) -> tuple[int, ...] | None:
    """Identifiers between commas, None for an empty text; raises Invalid."""
    if not text:
        return None
    parts = text.split(",")
    if len(parts) > MOST_IDS or not all(is_id(part) for part in parts):
        message = _("“%(name)s” must be whole numbers between commas, at most %(most)s of them.")
        raise Invalid(message % {"name": "ids", "most": MOST_IDS}, parameter="ids")
    return tuple(int(part) for part in parts)


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID


def count(layer: Layer, condition: Condition, most: int | None = None) -> int:
    """How many features there are, counted no further than `most`."""
    statement = sql.SQL("select count(*) from (select from {table} where {where} limit %(most)s) matched")
    (number,) = fetch_one(
        statement.format(table=sql.Identifier(layer.table), where=condition.sql), condition.values | {"most": most}
    )
    return int(number)
