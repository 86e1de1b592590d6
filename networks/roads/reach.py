"""What lies within reach of points, as the crow flies. EPSG:2154, metres. Knows neither Django nor the database."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

type Shapes = np.ndarray[Any, np.dtype[np.object_]]
type Floats = np.ndarray[Any, np.dtype[np.float64]]
type Flags = np.ndarray[Any, np.dtype[np.bool_]]

QUARTER: Final = 32
"""Sides of a quarter of a circle: a circle's area is right to a thousandth."""


def within(places: Shapes, sites: Shapes, reach_m: float) -> Flags:
    """For each place, whether a site is so near."""
    near = np.zeros(len(places), dtype=bool)
    if len(sites) and len(places):
        result = shapely.STRtree(sites).query_nearest(places, max_distance=reach_m, all_matches=False)
        near[result[0]] = True
    return near


def zone(sites: Shapes, reach_m: float) -> Any:
    """All that is so near to a site, as one surface (empty without sites)."""
    return shapely.union_all(shapely.buffer(sites, reach_m, quad_segs=QUARTER))


def metres_within(lines: Shapes, around: Any) -> Floats:
    """How much of each line lies in a surface."""
    metres = np.zeros(len(lines))
    parts = shapely.get_parts(around)
    if not len(lines) or not len(parts):
        return metres
    shapely.prepare(parts)
    tree = shapely.STRtree(parts)
    line, part = tree.query(lines, predicate="intersects")
    whole = shapely.covers(parts[part], lines[line])
    np.add.at(metres, line[whole], shapely.length(lines[line[whole]]))
    cut = ~whole
    np.add.at(metres, line[cut], shapely.length(shapely.intersection(lines[line[cut]], parts[part[cut]])))
    return metres
