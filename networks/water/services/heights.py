"""Heights and direction of a pipe that is split, or made of several: they lie along it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, LineString, Point

NEAR_M = 0.1

type Values = dict[str, Any]


def point(place: Sequence[float], like: GEOSGeometry) -> Point:
    """A position as a geometry, in the system of another one."""
    return Point(place[0], place[1], srid=like.srid)


def of_piece(row: Values, whole: GEOSGeometry, piece: GEOSGeometry) -> Values:
    """The heights at the ends of a piece, shared out by length, where both of the whole are known."""
    values: Values = {"declared_length_m": None}
    start, end = row["start_z"], row["end_z"]
    if start is None or end is None or not isinstance(whole, LineString) or not isinstance(piece, LineString):
        return values
    at = [whole.project_normalized(point(place, whole)) for place in (piece.coords[0], piece.coords[-1])]
    first, last = (start + (end - start) * share for share in at)
    return values | {"start_z": first, "end_z": last}


def of_whole(rows: Sequence[Values], union: GEOSGeometry) -> tuple[Values, GEOSGeometry]:
    """The heights at the ends of what several pipes become, which flows as the first of them does."""
    if not isinstance(union, LineString):
        return {}, union
    lines: list[Any] = [GEOSGeometry(memoryview(row["geom"])) for row in rows]
    first = [union.project(point(place, union)) for place in (lines[0].coords[0], lines[0].coords[-1])]
    if first[0] > first[1]:
        union = LineString(list(reversed(union.coords)), srid=union.srid)
    ends = [point(place, union) for place in (union.coords[0], union.coords[-1])]
    heights = [height_at(place, rows, lines) for place in ends]
    return {"start_z": heights[0], "end_z": heights[1], "declared_length_m": None}, union


def height_at(place: Point, rows: Sequence[Values], lines: Sequence[Any]) -> float | None:
    """The height that one of the pipes has where it ends at this place."""
    for row, line in zip(rows, lines, strict=True):
        for end, name in ((line.coords[0], "start_z"), (line.coords[-1], "end_z")):
            if point(end, line).distance(place) < NEAR_M and row[name] is not None:
                return float(row[name])
    return None
