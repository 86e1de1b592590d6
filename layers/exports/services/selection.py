"""Which features of a layer are exported: those in a bbox, those that a filter finds, those of a list, or all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.errors import Invalid
from gis_core.parameters import BBox, Parameters, bbox_4326
from gis_core.rights import Rights
from layers.catalogue.models import Layer
from layers.features.cql2 import LANGUAGES, Condition, compile_filter, parse, queryables_of
from layers.features.crs import CRS84, crs_of
from layers.features.services.read import LARGEST_ID, inside

MOST_IDS = 50_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions that hold together; `bbox` in EPSG:4326, `filter` in CQL2."""

    bbox: BBox | None = None
    filter: str = ""
    filter_lang: str = LANGUAGES[0]
    filter_crs: str = ""
    ids: tuple[int, ...] | None = None

    @classmethod
    def parse(cls, parameters: Parameters) -> "Selection":
        """`bbox`, `filter`, `filter-lang`, `filter-crs` and `ids`; raises Invalid."""
        language = parameters.get("filter-lang") or LANGUAGES[0]
        if language not in LANGUAGES:
            message = _("“%(name)s” must be one of: %(known)s.")
            raise Invalid(message % {"name": "filter-lang", "known": ", ".join(LANGUAGES)}, parameter="filter-lang")
        filter_crs = parameters.get("filter-crs", "")
        return cls(
            bbox_4326(parameters),
            parameters.get("filter", ""),
            language,
            crs_of(filter_crs, "filter-crs").uri if filter_crs else "",
            ids_of(parameters.get("ids", "")),
        )

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
        if self.filter:
            found = self.filtered(layer, rights)
            parts.append(found.sql)
            values |= found.values
        return Condition(sql.SQL(" and ").join(sql.SQL("({})").format(part) for part in parts), values)

    def filtered(self, layer: Layer, rights: Rights) -> Condition:
        crs = crs_of(self.filter_crs, "filter-crs") if self.filter_crs else CRS84
        return compile_filter(parse(self.filter, self.filter_lang), queryables_of(layer, rights), crs)


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
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(table=sql.Identifier(layer.table), where=condition.sql), condition.values | {"most": most}
        )
        (found,) = cursor.fetchone()
    return int(found)
