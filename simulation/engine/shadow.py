"""The shadow of volumes on flat ground: exact, as the union of what their roofs and walls cast.

The shadow of a solid that stands on the ground is the union of the projections of its faces along the sun's ray: each
face of the roof, and each wall below its edges (a quadrilateral).
"""

from collections.abc import Iterable, Iterator, Sequence
from math import radians, tan

import numpy as np
from shapely import get_coordinates, make_valid, set_precision, union_all
from shapely.geometry import MultiPoint, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from simulation.engine.sun import Sun
from simulation.engine.volumes import Plane, Volume, polygons_of

GRID_M = 0.001
LONGEST_M = 2_000.0
"""A shadow is cut beyond: of a sun that is nearly down nothing is known so far away."""


def shadow_of(volumes: Sequence[Volume], sun: Sun) -> MultiPolygon:
    """Where volumes cast shadow on the flat ground of their foot, their own footprints left out; EPSG:2154, metres.

    Empty while the sun is down: all is shade then.
    """
    if not sun.is_up:
        return MultiPolygon()
    cast = union_all([part for volume in volumes for part in parts_of_shadow(volume, sun)])
    outside = cast.difference(union_all([one.footprint for one in volumes]))
    return MultiPolygon(polygons_of(set_precision(outside, GRID_M)))


def parts_of_shadow(volume: Volume, sun: Sun) -> Iterator[Polygon]:
    """The projections of the faces of one volume, and its footprint."""
    reach = min(volume.height / tan(radians(sun.elevation)), LONGEST_M)
    per_metre = np.array(sun.shadow_of(1.0)) * min(1.0, reach * tan(radians(sun.elevation)) / max(volume.height, 1e-9))
    yield volume.footprint
    for face, plane in volume.faces:
        for ring in rings_of(face):
            yield from projected_walls(get_coordinates(ring), plane, per_metre)
        yield project(face, plane, per_metre)


def projected_walls(ring: np.ndarray, plane: Plane, per_metre: np.ndarray) -> Iterator[Polygon]:
    """What stands below each side of a face, projected: a quadrilateral that may be flat."""
    tops = ring + plane.at(ring)[:, None] * per_metre
    for here, there, over_there, over_here in zip(ring[:-1], ring[1:], tops[1:], tops[:-1], strict=True):
        hull = MultiPoint([here, there, over_there, over_here]).convex_hull
        if isinstance(hull, Polygon):
            yield hull


def project(face: Polygon, plane: Plane, per_metre: np.ndarray) -> BaseGeometry:
    """A face of a roof, on the ground."""
    rings = [ring + plane.at(ring)[:, None] * per_metre for ring in map(get_coordinates, rings_of(face))]
    cast = Polygon(rings[0], rings[1:])
    # A face that the sun grazes has no area there, and none is lost.
    return cast if cast.is_valid else make_valid(cast)


def rings_of(face: Polygon) -> Iterable[BaseGeometry]:
    return (face.exterior, *face.interiors)
