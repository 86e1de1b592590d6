"""What a drawing may snap to: the exact geometries of several layers within a box."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.desk.parameters import BBox, Parameters, finite
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.services.here import slugs
from layers.features.services.read import fetch

MOST_FEATURES = 2000
MOST_VERTICES = 200_000
SNAPPABLE_SQL = sql.SQL(
    "select id, st_asgeojson(st_force2d(geom), 15, 0)::json as geometry, st_npoints(geom) as vertices from {table}"
    " where geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154) limit %(most)s"
)


@dataclass(frozen=True, slots=True)
class SnapQuery:
    """A box in EPSG:2154 and the layers that one snaps to."""

    bbox: BBox
    layers: tuple[str, ...]

    @classmethod
    def parse(cls, parameters: Parameters) -> "SnapQuery":
        """Box in metres (EPSG:2154) and layers of a query string. Raises Invalid."""
        values = [finite(part) for part in parameters.get("bbox", "").split(",", 4)]
        names = slugs(parameters.get("layers")) or ()
        if len(values) != 4 or None in values:
            raise Invalid(_("“bbox” must be four numbers: west,south,east,north (EPSG:2154)."), parameter="bbox")
        west, south, east, north = (value or 0.0 for value in values)
        if not (west < east and south < north):
            raise Invalid(_("“bbox” must be four numbers: west,south,east,north (EPSG:2154)."), parameter="bbox")
        return cls((west, south, east, north), names)


def snappable(query: SnapQuery, rights: Rights) -> dict[str, Any]:
    """A FeatureCollection in EPSG:2154 with every digit, of at most 2,000 features and 200,000 vertices in all."""
    seen = {layer.slug: layer for layer in Layer.objects.visible_to(rights).filter(slug__in=query.layers)}
    features: list[dict[str, Any]] = []
    left = MOST_VERTICES
    truncated = False
    for slug in query.layers:
        if slug not in seen:
            continue
        for row in fetch_in_box(seen[slug], query.bbox, MOST_FEATURES + 1 - len(features)):
            left -= row["vertices"]
            if len(features) == MOST_FEATURES or left < 0:
                truncated = True
                break
            features.append(snap_feature(slug, row))
    return {"type": "FeatureCollection", "features": features, "truncated": truncated}


def fetch_in_box(layer: Layer, bbox: BBox, most: int) -> list[dict[str, Any]]:
    """At most so many features whose box meets this one (EPSG:2154): `id`, `geometry` as GeoJSON, `vertices`."""
    west, south, east, north = bbox
    values = {"west": west, "south": south, "east": east, "north": north, "most": most}
    return fetch(SNAPPABLE_SQL.format(table=sql.Identifier(layer.table)), values)


def snap_feature(slug: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row["id"],
        "layer": slug,
        "properties": {"layer": slug},
        "geometry": row["geometry"],
    }
