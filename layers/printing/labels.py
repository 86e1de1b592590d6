"""Names on a printed map: placed where they belong, one beside another, none over another. Millimetres on paper."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.printing.document import BOLD, CAP_HEIGHT, REGULAR, Document, Text, width_of
from layers.printing.paper import Box
from layers.printing.symbols import Lettering

CELL_MM = 12.0
PULSE = 500
SMALLER = (1.0, 0.82)  # a number that does not fit its parcel is tried at these sizes
AGAIN_MM = 95.0  # one road's name is not written again nearer than that
STEP_MM = 6.0
STRAIGHT = 0.22  # of a text's size: how far a road may bend away under its name
AWAY_MM = 0.25
HALO = 0.11  # of a text's size
INSIDE_MM = 0.8  # from the map's edge
ABOVE_MM = 0.7
UPRIGHT = 0.06  # a text that leans less than that from the vertical is read from below upwards
CENTRE_MM = 0.3  # how exactly the middle of an area is found


@dataclass(frozen=True, slots=True)
class Placed:
    """A text, where its baseline begins and in which direction (cosine, sine) it runs."""

    text: str
    x: float
    y: float
    size: float
    turn: tuple[float, float]
    lettering: Lettering

    def as_text(self) -> Text:
        lettering = self.lettering
        font, halo = BOLD if lettering.bold else REGULAR, (lettering.halo, self.size * HALO)
        return Text(self.x, self.y, self.text, self.size, font, lettering.colour, self.turn, halo)


@dataclass(slots=True)
class Names:
    """What wants to be named, and what has been placed so far."""

    width: float
    height: float
    candidates: list[tuple[BaseGeometry, str, Lettering]] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    taken: dict[tuple[int, int], list[Box]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, geometry: BaseGeometry, text: str, lettering: Lettering) -> None:
        self.candidates.append((geometry, text, lettering))

    def place(self, pulse: Callable[[], None] = lambda: None) -> None:
        """Place what can be placed, the weightiest first; `pulse` is called now and then."""
        candidates = [
            (self.clip_to_map(geometry), text, lettering) for geometry, text, lettering in join_roads(self.candidates)
        ]
        candidates.sort(key=lambda one: -one[2].weight)
        middles = iter(areas([shape for shape, _text, lettering in candidates if lettering.placing == "inside"]))
        for number, (shape, text, lettering) in enumerate(candidates):
            if number % PULSE == 0:
                pulse()
            if lettering.placing != "inside":
                WAYS[lettering.placing](self, shape, text, lettering)
            elif area := next(middles):
                inside(self, area, text, lettering)
        self.candidates.clear()

    def clip_to_map(self, geometry: BaseGeometry) -> BaseGeometry:
        """What the map shows of a geometry: a name stands there."""
        west, south, east, north = geometry.bounds
        if west >= 0 and south >= 0 and east <= self.width and north <= self.height:
            return geometry
        shape: BaseGeometry = geometry if shapely.is_valid(geometry) else shapely.make_valid(geometry)
        seen: BaseGeometry = shapely.intersection(shape, shapely.box(0, 0, self.width, self.height))
        return seen

    def keep_clear(self, x: float, y: float, radius: float) -> None:
        """Write nothing over a point."""
        box = (x - radius, y - radius, x + radius, y + radius)
        for cell in cells(box):
            self.taken[cell].append(box)

    def free(self, boxes: Iterable[Box]) -> bool:
        return all(
            box[0] - INSIDE_MM >= 0
            and box[2] + INSIDE_MM <= self.width
            and box[1] - INSIDE_MM >= 0
            and box[3] + INSIDE_MM <= self.height
            and not any(touch(box, other) for cell in cells(box) for other in self.taken.get(cell, ()))
            for box in boxes
        )

    def put(self, placed: Placed, boxes: Iterable[Box]) -> None:
        for box in boxes:
            for cell in cells(box):
                self.taken[cell].append(box)
        self.placed.append(placed)

    def try_at(
        self,
        middle: tuple[float, float], text: str, lettering: Lettering, *, turn: tuple[float, float] = (1.0, 0.0),
        shrink: float = 1.0, within: "Area | None" = None, anyway: bool = False,
    ) -> bool:  # fmt: skip
        """Place a text around a point unless something is there, or it would leave its area."""
        size = lettering.size_mm * shrink
        width = width_of(text, size, BOLD if lettering.bold else REGULAR)
        high = size * CAP_HEIGHT
        x, y = middle
        corner = (x - (turn[0] * width - turn[1] * high) / 2, y - (turn[1] * width + turn[0] * high) / 2)
        if within is not None and not within.holds(corner, width, high, turn):
            return False
        boxes = list(covering(corner, width, high, turn))
        if not anyway and not self.free(boxes):
            return False
        self.put(Placed(text, *corner, size, turn, lettering), boxes)
        return True


def join_roads(
    candidates: Iterable[tuple[BaseGeometry, str, Lettering]],
) -> Iterator[tuple[BaseGeometry, str, Lettering]]:
    """Parts of road of one name as one road; the rest as it is."""
    roads: defaultdict[tuple[str, Lettering], list[BaseGeometry]] = defaultdict(list)
    for geometry, text, lettering in candidates:
        if lettering.placing == "along":
            roads[text, lettering].append(geometry)
        else:
            yield geometry, text, lettering
    for (text, lettering), parts in roads.items():
        yield shapely.line_merge(shapely.union_all(parts)), text, lettering


def cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box[0] // CELL_MM), int(box[2] // CELL_MM) + 1):
        for row in range(int(box[1] // CELL_MM), int(box[3] // CELL_MM) + 1):
            yield column, row


def touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def rectangle(corner: tuple[float, float], width: float, height: float, turn: tuple[float, float]) -> BaseGeometry:
    """The outline of a turned text."""
    along, up = (turn[0] * width, turn[1] * width), (-turn[1] * height, turn[0] * height)
    x, y = corner
    outline: BaseGeometry = shapely.polygons(
        [(x, y), (x + along[0], y + along[1]), (x + along[0] + up[0], y + along[1] + up[1]), (x + up[0], y + up[1])]
    )
    return outline


def covering(corner: tuple[float, float], width: float, height: float, turn: tuple[float, float]) -> Iterator[Box]:
    """Upright boxes that cover a turned text: one for a level text, several small ones for a slanted one."""
    level = min(abs(turn[0]), abs(turn[1])) < 0.05
    count = 1 if level else max(1, math.ceil(width / height))
    step = width / count
    for number in range(count):
        start = (corner[0] + turn[0] * step * number, corner[1] + turn[1] * step * number)
        west, south, east, north = rectangle(start, step, height, turn).bounds
        yield west - AWAY_MM, south - AWAY_MM, east + AWAY_MM, north + AWAY_MM


# -- ways to place ----------------------------------------------------------------------------------------------------


def inside(names: Names, area: "Area", text: str, lettering: Lettering) -> None:
    """In the middle of an area: level, else along it, else smaller; what has to be said is said anyway."""
    for shrink in SMALLER:
        if area.reach < lettering.size_mm * shrink * CAP_HEIGHT / 2:
            continue
        for turn in turns(area):
            if names.try_at(area.middle, text, lettering, turn=turn, shrink=shrink, within=area):
                return
    if lettering.must:
        say_anyway(names, area, text, lettering)


def turns(area: "Area") -> Iterator[tuple[float, float]]:
    yield 1.0, 0.0
    yield direction(area.part)


def say_anyway(names: Names, area: "Area", text: str, lettering: Lettering) -> None:
    """The free place of an area that is nearest to its middle, else its middle."""
    west, south, east, north = area.part.bounds
    across, up = np.meshgrid(np.arange(west, east, STEP_MM), np.arange(south, north, STEP_MM))
    places = np.column_stack([across.ravel(), up.ravel()])
    places = places[shapely.contains_xy(area.part, places[:, 0], places[:, 1])]
    nearest = np.argsort(np.hypot(*(places - area.middle).T))[:400]
    if not any(names.try_at(tuple(places[number]), text, lettering) for number in nearest):
        names.try_at(area.middle, text, lettering, anyway=True)


@dataclass(frozen=True, slots=True)
class Area:
    """The part of an area that is named: its middle, and how far (mm) that lies from its edge."""

    part: BaseGeometry
    middle: tuple[float, float]
    reach: float

    def holds(self, corner: tuple[float, float], width: float, height: float, turn: tuple[float, float]) -> bool:
        """Whether a text around the middle stays inside."""
        if math.hypot(width, height) / 2 <= self.reach:
            return True
        shapely.prepare(self.part)
        return bool(shapely.contains(self.part, rectangle(corner, width, height, turn)))


def areas(geometries: Sequence[BaseGeometry]) -> list[Area | None]:
    """What is to be named of each geometry, None where there is no area."""
    parts = [largest(geometry) for geometry in geometries]
    polygons = np.array([part for part in parts if part is not None], dtype=object)
    if not len(polygons):
        return [None] * len(parts)
    radii = shapely.maximum_inscribed_circle(polygons, CENTRE_MM)
    middles, reaches = shapely.get_coordinates(shapely.get_point(radii, 0)).tolist(), shapely.length(radii).tolist()
    made = (Area(part, (x, y), reach) for part, (x, y), reach in zip(polygons, middles, reaches, strict=True))
    return [None if part is None else next(made) for part in parts]


def largest(area: BaseGeometry) -> BaseGeometry | None:
    if shapely.get_type_id(area) == shapely.GeometryType.POLYGON:
        return area
    parts = shapely.get_parts(area)
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return max(parts, key=shapely.area) if len(parts) else None


def direction(area: BaseGeometry) -> tuple[float, float]:
    """Along the long side of an area, readable from below or from the right."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area))
    if len(corners) < 4:
        return 1.0, 0.0
    sides = np.diff(corners[:3], axis=0)
    return readable(*max(sides, key=lambda side: float(np.hypot(*side))))


def readable(dx: float, dy: float) -> tuple[float, float]:
    length = math.hypot(dx, dy) or 1.0
    turn = dx / length, dy / length
    downwards = turn[0] < UPRIGHT and turn[1] < 0
    return (-turn[0], -turn[1]) if downwards or turn[0] < -UPRIGHT else turn


def along(names: Names, road: BaseGeometry, text: str, lettering: Lettering) -> None:
    """On a road where it is straight enough, and again far away."""
    length = width_of(text, lettering.size_mm, BOLD if lettering.bold else REGULAR) + 2
    middles: list[tuple[float, float]] = []
    parts = [part for part in shapely.get_parts(road) if shapely.get_dimensions(part) == 1]
    for part in sorted(parts, key=shapely.length, reverse=True):
        for middle, turn in stretches(part, length, lettering.size_mm * STRAIGHT):
            if any(math.dist(middle, other) < AGAIN_MM for other in middles):
                continue
            if any(names.try_at(place, text, lettering, turn=turn) for place in beside(middle, turn, lettering)):
                middles.append(middle)
    if lettering.shorter not in ("", text) and not middles:
        along(names, road, lettering.shorter, replace(lettering, shorter=""))


def beside(middle: tuple[float, float], turn: tuple[float, float], lettering: Lettering) -> list[tuple[float, float]]:
    """Where the middle of a text may be: on the line, or on either side of it."""
    off = lettering.aside_mm
    (x, y), (cosine, sine) = middle, turn
    return [(x - sine * off, y + cosine * off), (x + sine * off, y - cosine * off)] if off else [middle]


def stretches(
    line: BaseGeometry, length: float, bend: float
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Middles and directions of the straight stretches of a line, beginning at its middle."""
    whole = shapely.length(line)
    if whole < length:
        return
    starts = np.arange(0, whole - length, min(STEP_MM, length / 3)) if whole > length else np.zeros(1)
    for start in sorted(starts, key=lambda start: abs(start + length / 2 - whole / 2)):
        points = shapely.get_coordinates(shapely.line_interpolate_point(line, np.linspace(start, start + length, 9)))
        dx, dy = points[-1] - points[0]
        reach = math.hypot(dx, dy)
        if reach < length * 0.9:
            continue
        off = np.abs((points[:, 0] - points[0, 0]) * dy - (points[:, 1] - points[0, 1]) * dx) / reach
        if off.max() <= bend:
            yield (float(points[4, 0]), float(points[4, 1])), readable(float(dx), float(dy))


def above(names: Names, point: BaseGeometry, text: str, lettering: Lettering) -> None:
    """Above a point, else beside or under it, else at a corner."""
    if shapely.is_empty(point):
        return
    x, y = shapely.get_coordinates(point)[0].tolist()
    up = ABOVE_MM + lettering.aside_mm + lettering.size_mm * CAP_HEIGHT
    aside = (
        ABOVE_MM + lettering.aside_mm + 0.4 + width_of(text, lettering.size_mm, BOLD if lettering.bold else REGULAR) / 2
    )
    corners = ((aside, up), (-aside, up), (aside, -up), (-aside, -up))
    for dx, dy in ((0, up), (aside, 0), (-aside, 0), (0, -up), *corners):
        if names.try_at((x + dx, y + dy), text, lettering):
            return


WAYS = {"along": along, "above": above}


def write(document: Document, names: Names) -> None:
    """Write the placed names, each with its halo."""
    document.texts(one.as_text() for one in names.placed)
