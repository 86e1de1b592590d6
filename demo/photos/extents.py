"""Where each campaign was flown: sheets named by their north-west corner."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from demo.territory import Territory

KM = tuple((x, y) for y in range(6719, 6715, -1) for x in range(614, 620))
"""2020: north-west corners of the sheets, in km."""
TOWNS = ((6168, 67180, 3, 3), (6148, 67180, 2, 2), (6192, 67180, 2, 2), (6170, 67158, 2, 2), (6148, 67160, 2, 2),
         (6192, 67158, 2, 2))  # fmt: skip
"""2024: north-west corner of each town's sheets in hectometres, and how many sheets across and down."""


def hectometres() -> list[tuple[int, int]]:
    """2024: north-west corners of the sheets, in hectometres."""
    return [(x + 2 * i, y - 2 * j) for x, y, across, down in TOWNS for j in range(down) for i in range(across)]


def near_centre(territory: Territory, geom: BaseGeometry) -> int | None:
    """The town whose 2024 sheets hold all of a shape, away from their edges."""
    west, south, east, north = geom.bounds
    for k, (x, y, across, down) in enumerate(TOWNS):
        w, n = x * 100, y * 100
        if west > w + 5 and east < w + 200 * across - 5 and north < n - 5 and south > n - 200 * down + 5:
            return k
    return None
