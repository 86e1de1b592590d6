"""What is at a point: polygons that contain it, lines and points near enough to be meant."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.desk.parameters import Parameters, in_domain, need_number, number
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.services.describe import features_as_json
from layers.features.services.read import fetch, get_features

MOST_LAYERS = 50
MOST_FEATURES = 10
MOST_CANDIDATES = 2000
TOLERANCE_PX = 10
# Metres per pixel of 256-pixel Web Mercator tiles at zoom 0, on the equator.
RESOLUTION_0 = 156_543.033928
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")


@dataclass(frozen=True, slots=True)
class HereQuery:
    """A point (EPSG:4326), the map's zoom, and the layers asked about (None: all)."""

    lon: float
    lat: float
    zoom: float
    layers: tuple[str, ...] | None

    @classmethod
    def parse(cls, parameters: Parameters) -> "HereQuery":
        """Longitude and latitude in degrees, zoom (17 if none), and layers of a query string. Raises Invalid."""
        zoom = number(parameters, "zoom", 0, 30)
        return cls(
            need_number(parameters, "lon", -180, 180),
            need_number(parameters, "lat", -90, 90),
            17.0 if zoom is None else zoom,
            slugs(parameters.get("layers")),
        )

    @property
    def tolerance_m(self) -> float:
        """How far a line or a point may lie from where people clicked, on the ground."""
        return TOLERANCE_PX * RESOLUTION_0 * math.cos(math.radians(self.lat)) / 2**self.zoom

    @property
    def is_possible(self) -> bool:
        return in_domain(self.lon, self.lat)


def slugs(text: str | None) -> tuple[str, ...] | None:
    """Layer names separated by commas; raises Invalid."""
    if text is None:
        return None
    names = tuple(dict.fromkeys(part for part in text.split(",") if part))
    if len(names) > MOST_LAYERS or not all(SLUG.fullmatch(name) for name in names):
        message = _("“layers” must be at most %(most)s layer names separated by commas.")
        raise Invalid(message % {"most": MOST_LAYERS}, parameter="layers")
    return names


def find_here(query: HereQuery, rights: Rights) -> list[dict[str, Any]]:
    """What each asked layer has at the point, in the catalogue's order; layers with nothing are left out."""
    layers = Layer.objects.visible_to(rights).select_related("theme")
    if query.layers is not None:
        layers = layers.filter(slug__in=query.layers)
    matches = at_point(list(layers), query) if query.is_possible else ()
    return [
        {
            "layer": layer.slug,
            "title": str(layer),
            "features": features_as_json(layer, get_features(layer, ids, rights), rights),
        }
        for layer, ids in matches
        if ids
    ]


POINT = sql.SQL("(select st_transform(st_point(%(lon)s, %(lat)s, 4326), 2154))")
CONTAINS = sql.SQL(
    "with found as materialized (select id, geom from {table} where geom && {point} limit %(candidates)s)"
    " select id from found where st_intersects(geom, {point}) order by st_area(geom), id limit %(most)s"
)
NEAR = sql.SQL(
    "with found as materialized"
    " (select id, geom from {table} where geom && st_expand({point}, %(reach)s) limit %(candidates)s)"
    " select id from found where st_dwithin(geom, {point}, %(reach)s)"
    " order by st_distance(geom, {point}), id limit %(most)s"
)


def at_point(layers: Sequence[Layer], query: HereQuery) -> Iterator[tuple[Layer, list[int]]]:
    """Ids at the point by layer, the smallest surfaces or the nearest lines and points first, in few statements."""
    values = {
        "lon": query.lon,
        "lat": query.lat,
        "reach": query.tolerance_m,
        "candidates": MOST_CANDIDATES,
        "most": MOST_FEATURES,
    }
    for some in batched(layers, MOST_LAYERS, strict=False):
        each = [sql.SQL("array({}) as {}").format(inside(layer), sql.Identifier(layer.slug)) for layer in some]
        (row,) = fetch(sql.SQL("select {}").format(sql.SQL(", ").join(each)), values)
        yield from ((layer, row[layer.slug]) for layer in some)


def inside(layer: Layer) -> sql.Composable:
    """The statement that gives the ids of one layer."""
    statement = CONTAINS if layer.geometry_type == Layer.Geometry.POLYGON else NEAR
    return statement.format(table=sql.Identifier(layer.table), point=POINT)
