"""Places on the axis of a numbered road, by marker and metres after it. Knows neither Django nor the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry import LineString, Point

from networks.roads.axis import REACH_M, Axis, nearest

SLACK_M: Final = 1.0
"""Beyond the next marker by so much is that marker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    section: int
    place: Point
    at_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """The marker before a place and the metres after it; `distance_m` from the axis, left of it or not."""

    number: int
    metres: float
    at_m: float
    section: int
    distance_m: float
    left: bool


class ImpossibleError(ValueError):
    """No such place: `reason` is one of unknown_marker, beyond_next (the next marker, metres to it), beyond_end (metres
    to the end), before_first (the first marker), far (metres)."""

    def __init__(self, reason: str, **details: float) -> None:
        super().__init__(reason, details)
        self.reason, self.details = reason, details


def locate(axis: Axis, number: int, metres: float) -> Located:
    """The place of a marker and an abscissa. Raises ImpossibleError."""
    rank = next((rank for rank, one in enumerate(axis.marks) if one.number == number), None)
    if rank is None:
        raise ImpossibleError("unknown_marker", number=number)
    at, following = axis.marks[rank].at_m + metres, axis.marks[rank + 1 : rank + 2]
    if following and at > following[0].at_m + SLACK_M:
        length = following[0].at_m - axis.marks[rank].at_m
        raise ImpossibleError("beyond_next", number=following[0].number, metres=length)
    end = axis.parts[-1].end_m
    if at > end + SLACK_M:
        raise ImpossibleError("beyond_end", metres=end - axis.marks[rank].at_m)
    return place_at(axis, min(at, end), beyond=metres == 0)


def place_at(axis: Axis, at_m: float, *, beyond: bool = False) -> Located:
    """Where a measure of the axis lies; at a gap before it, or `beyond` it."""
    at_m = min(at_m, axis.parts[-1].end_m)
    part = next((one for one in axis.parts if at_m < one.end_m - (1e-6 if beyond else -1e-9)), axis.parts[-1])
    return Located(section=part.section, place=part.line.interpolate(max(0.0, at_m - part.start_m)), at_m=at_m)


def refer(axis: Axis, place: Point, within_m: float = REACH_M) -> Referred:
    """The reference of a place. Raises ImpossibleError."""
    tree = shapely.STRtree([one.line for one in axis.parts])
    part = axis.parts[nearest(tree, place)]
    distance = float(part.line.distance(place))
    if distance > within_m:
        raise ImpossibleError("far", metres=distance)
    along = float(part.line.project(place))
    at = part.start_m + along
    before = [one for one in axis.marks if one.at_m <= at + 1e-6]
    if not before:
        raise ImpossibleError("before_first", number=axis.marks[0].number)
    mark = before[-1]
    return Referred(
        number=mark.number,
        metres=at - mark.at_m,
        at_m=at,
        section=part.section,
        distance_m=distance,
        left=lies_left(part.line, along, place),
    )


def lies_left(line: LineString, along: float, place: Point) -> bool:
    before, after = line.interpolate(max(0.0, along - 0.5)), line.interpolate(min(line.length, along + 0.5))
    return bool((after.x - before.x) * (place.y - before.y) - (after.y - before.y) * (place.x - before.x) > 0)
