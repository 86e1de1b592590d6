"""Polygons and lines on their way in: to EPSG:2154, polygons repaired when they cross themselves, refused when nothing
is left of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiLineString, MultiPolygon

from gis_core.files.reader import Feature
from layers.intake.rows import Remark

# Metropolitan France with Corsica, in EPSG:2154, and the longitudes and latitudes that it covers.
FRANCE_2154 = (90_000.0, 6_030_000.0, 1_260_000.0, 7_130_000.0)
FRANCE_4326 = (-5.6, 41.2, 9.8, 51.3)
CROSSINGS = ("Self-intersection", "Ring Self-intersection")


@dataclass(frozen=True, slots=True)
class Surface:
    """A valid MultiPolygon in EPSG:2154 and what was repaired in it."""

    geom: MultiPolygon
    repairs: tuple[Remark, ...] = ()


def surfaces(features: Sequence[Feature], epsg: int) -> list[Surface | Remark]:
    """For each feature (geometry in `epsg`) its surface, or the remark that says why it has none."""
    shapes, projected = _read(features, epsg)
    valid = shapely.is_valid(projected)
    boxes = shapely.bounds(projected)
    return [
        _refusal(feature, shapes[row], boxes[row], epsg) or _repair(projected[row], bool(valid[row]))
        for row, feature in enumerate(features)
    ]


def lines(features: Sequence[Feature], epsg: int) -> list[MultiLineString | Remark]:
    """For each feature (MultiLineString in `epsg`) its line in EPSG:2154, or the remark that says why it has none."""
    shapes, projected = _read(features, epsg)
    boxes = shapely.bounds(projected)
    projected_lines: list[MultiLineString | Remark] = []
    for row, shape in enumerate(shapes):
        if not isinstance(shape, MultiLineString) or shape.is_empty:
            projected_lines.append(Remark("unreadable_geometry"))
        elif not _inside(boxes[row], FRANCE_2154):
            projected_lines.append(_outside(shape))
        else:
            projected_lines.append(projected[row])
    return projected_lines


def _read(features: Sequence[Feature], epsg: int) -> tuple[Any, Any]:
    """The shapes of the features in their system, and in EPSG:2154."""
    shapes = shapely.force_2d(shapely.from_wkb([feature.wkb for feature in features], on_invalid="ignore"))
    return shapes, shapely.transform(shapes, _to_lambert(epsg)) if epsg != 2154 else shapes


def _outside(shape: Any) -> Remark:
    west, south, _east, _north = shape.bounds
    return Remark("outside_france", {"x": round(west, 5), "y": round(south, 5)})


def _refusal(feature: Feature, shape: Any, box_2154: Any, epsg: int) -> Remark | None:
    if feature.wkb is None:
        return Remark("no_geometry")
    if shape is None:
        return Remark("unreadable_geometry")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return Remark("not_a_surface", {"found": shape.geom_type})
    if shape.is_empty:
        return Remark("no_surface")
    if not _inside(box_2154, FRANCE_2154):
        west, south, east, north = shape.bounds
        where = {"x": round(west, 5), "y": round(south, 5)}
        swapped = epsg != 2154 and _inside((south, west, north, east), FRANCE_4326)
        return Remark("axes_swapped" if swapped else "outside_france", where)
    return None


def _repair(projected: Any, valid: bool) -> Surface | Remark:
    if valid:
        return Surface(_multi(projected))
    reason = str(shapely.is_valid_reason(projected)).partition("[")[0]
    made = shapely.make_valid(projected, method="structure", keep_collapsed=False)
    polygons = [part for part in shapely.get_parts(made).tolist() if part.geom_type in ("Polygon", "MultiPolygon")]
    repaired = shapely.union_all(polygons) if polygons else None
    if repaired is None or repaired.is_empty or not repaired.is_valid:
        return Remark("no_surface")
    areas = {"before": round(projected.area, 1), "after": round(repaired.area, 1)}
    crossing = reason in CROSSINGS
    remark = Remark("self_crossing", areas) if crossing else Remark("rings_repaired", {"reason": reason, **areas})
    return Surface(_multi(repaired), (remark,))


def _multi(polygon: Any) -> MultiPolygon:
    return polygon if isinstance(polygon, MultiPolygon) else MultiPolygon([polygon])


def _inside(box: Any, outer: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return bool(outer[0] <= west and outer[1] <= south and east <= outer[2] and north <= outer[3])


@cache
def _transformer(epsg: int) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(epsg, 2154, always_xy=True)


def _to_lambert(epsg: int) -> Any:
    def move(positions: Any) -> Any:
        return np.column_stack(_transformer(epsg).transform(positions[:, 0], positions[:, 1]))

    return move
