"""The relief of the demo territory: a gentle one that rises from its rivers (m NGF)."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from .geometry import Floats
from .model import Territory

RISE, FARTHEST_M = 0.018, 1_500.0


def rivers_of(territory: Territory) -> BaseGeometry:
    """All its water."""
    water: BaseGeometry = shapely.union_all([cover.geom for cover in territory.landcover if cover.kind == "water"])
    return water


def altitude(x: Floats, y: Floats, rivers: BaseGeometry) -> Floats:
    """The natural ground at places in EPSG:2154, in metres."""
    away = np.minimum(FARTHEST_M, shapely.distance(shapely.points(x, y), rivers))
    relief: Floats = 102 + RISE * away + 1.2 * np.sin(x / 700) + np.cos(y / 600)
    return relief
