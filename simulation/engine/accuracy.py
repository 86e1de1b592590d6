"""How far what is measured may be from the ground, in metres.

Where nothing is known the figure is a careful one, and says so. Independent errors add up by their squares.
"""

from dataclasses import dataclass
from math import hypot, sqrt

import shapely
from shapely.geometry.base import BaseGeometry

PLAN_CLASSES_M = {"03": 0.2, "04": 0.2, "05": 0.4}
"""Cadastral sheets of the qualities P3, P4, P5: no better than 20 cm."""
PLAN_AT_SCALE_M = {"01": 0.0005, "02": 0.001}
"""Half a millimetre at the scale of a regular plan, a millimetre of one that is not."""
LEAST_PLAN_M = 0.5
"""Of a plan that was drawn on paper."""
UNKNOWN_SCALE = 2_000
HEIGHTS_M = 0.5
"""Natural ground and heights, where no model of the ground says better."""
AXIS_M = 1.5
"""The centre line of a street."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Of the plan, of the photo on which it was drawn (0 where none), of heights. `known` names those that are."""

    plan: float
    photo: float = 0.0
    heights: float = HEIGHTS_M
    known: frozenset[str] = frozenset()

    @property
    def limits(self) -> float:
        """Of a distance to a limit of the plan."""
        return hypot(self.plan, self.photo)

    @property
    def axis(self) -> float:
        """Of a distance to a street's axis."""
        return hypot(self.limits, AXIS_M)


def plan_accuracy(quality: str, scale: int | None) -> tuple[float, bool]:
    """(metres, whether the sheet says it) of a cadastral sheet: its quality (QUPL) and the denominator of its scale."""
    if quality in PLAN_CLASSES_M:
        return PLAN_CLASSES_M[quality], True
    share = PLAN_AT_SCALE_M.get(quality, PLAN_AT_SCALE_M["01"])
    return max(share * (scale or UNKNOWN_SCALE), LEAST_PLAN_M), bool(quality and scale)


def area_accuracy(shape: BaseGeometry, metres: float) -> float:
    """Of the area (m²) of a shape whose corners are each so many metres off, independently.

    A corner that moves across the line between its neighbours changes the area by half of that line's length.
    """
    squares = 0.0
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        points = shapely.get_coordinates(ring)[:-1]
        for place in range(len(points)):
            before, after = points[place - 1], points[(place + 1) % len(points)]
            squares += hypot(after[0] - before[0], after[1] - before[1]) ** 2
    return metres / 2 * sqrt(squares)
