"""Features of a layer inside the map, read in batches: what a print draws never lies in memory as a whole.

Which layers may be read is asked before (`visible_layer`); which rows, PostgreSQL's policies decide.
"""

from collections.abc import Iterator, Sequence
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
    " where geom && {box} and st_intersects(geom, {box}){only} order by {size}id limit %(limit)s"
)
ONLY = sql.SQL(" and id = any(%(ids)s)")
BOX = sql.SQL("(select st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154))")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some features: their geometries (EPSG:2154) and, in the same order, the columns that a style reads."""

    geometries: NDArray[Any]
    properties: list[dict[str, Any]]


def read_features(
    layer: Layer, ground: Box, wanted: set[str], rights: Rights, ids: Sequence[int] | None = None
) -> Iterator[Batch]:
    """The features that meet a rectangle (EPSG:2154), large ones first; of these ids alone where they are given.

    Raises Invalid when there are too many.
    """
    names = ["id", *(field["name"] for field in layer.fields_for(rights) if field["name"] in wanted - {"id"})]
    with connection.chunked_cursor() as cursor:
        parameters = dict(zip(("west", "south", "east", "north"), ground, strict=True))
        only = sql.SQL("") if ids is None else ONLY
        cursor.execute(statement(layer, names, only), parameters | {"limit": MOST_FEATURES + 1, "ids": list(ids or ())})
        count = 0
        while rows := cursor.fetchmany(BATCH):
            count += len(rows)
            if count > MOST_FEATURES:
                raise too_many(layer)
            shapes = shapely.from_wkb([bytes(row[0]) for row in rows])
            yield Batch(shapes, [dict(zip(names, row[1:], strict=True)) for row in rows])


def statement(layer: Layer, names: list[str], only: sql.SQL) -> sql.Composable:
    columns = sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names)
    size = SIZE.get(Layer.Geometry(layer.geometry_type), sql.SQL(""))
    return STATEMENT.format(columns=columns, table=sql.Identifier(layer.table), box=BOX, only=only, size=size)


def too_many(layer: Layer) -> Invalid:
    message = _(
        "The layer “%(layer)s” has more than %(most)s objects on this sheet, and nothing was printed: choose a larger"
        " scale or a smaller paper, or turn the layer off."
    )
    return Invalid(message % {"layer": layer, "most": display_number(MOST_FEATURES, 0)})
