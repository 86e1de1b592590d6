"""Features of a layer inside the map, read in batches: what a print draws never lies in memory as a whole.

Which layers may be read is asked before (`visible_layer`); which rows, PostgreSQL's policies decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import connection
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from psycopg import sql

from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.display import display_number
from layers.printing.paper import Box

MOST_FEATURES = 60_000  # of one layer on one sheet
BATCH = 1_000
SIZE = {Layer.Geometry.POLYGON: sql.SQL("st_area(geom) desc, "), Layer.Geometry.LINE: sql.SQL("st_length(geom) desc, ")}
STATEMENT = sql.SQL(
    "select st_asbinary(st_force2d(geom)){columns} from {table}"
    " where geom && {box} and st_intersects(geom, {box}) order by {size}id limit %(limit)s"
)
BOX = sql.SQL("(select st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154))")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some features: their geometries (EPSG:2154) and, in the same order, the columns that a style reads."""

    geometries: NDArray[Any]
    properties: list[dict[str, Any]]


def read_features(layer: Layer, ground: Box, wanted: set[str], rights: Rights) -> Iterator[Batch]:
    """The features that meet a rectangle (EPSG:2154), large ones first. Raises Invalid when there are too many."""
    names = [field["name"] for field in layer.fields_for(rights) if field["name"] in wanted]
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement(layer, names), dict(zip(("west", "south", "east", "north"), ground, strict=True))
                       | {"limit": MOST_FEATURES + 1})  # fmt: skip
        count = 0
        while rows := cursor.fetchmany(BATCH):
            count += len(rows)
            if count > MOST_FEATURES:
                raise too_many(layer)
            shapes = shapely.from_wkb([bytes(row[0]) for row in rows])
            yield Batch(shapes, [dict(zip(names, row[1:], strict=True)) for row in rows])


def statement(layer: Layer, names: list[str]) -> sql.Composable:
    columns = sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names)
    size = SIZE.get(Layer.Geometry(layer.geometry_type), sql.SQL(""))
    return STATEMENT.format(columns=columns, table=sql.Identifier(layer.table), box=BOX, size=size)


def too_many(layer: Layer) -> Invalid:
    message = _(
        "The layer “%(layer)s” has more than %(most)s objects on this sheet, and nothing was printed: choose a larger"
        " scale or a smaller paper, or turn the layer off."
    )
    return Invalid(message % {"layer": layer, "most": display_number(MOST_FEATURES, 0)})
