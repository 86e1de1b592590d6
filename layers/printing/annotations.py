"""What a printed map shows that no layer holds: numbers at places, bands along lines, where other sheets lie.

Black on white with a pale edge, of shapes that differ: it is read on any ground, and on paper without colours.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.html import escape
from shapely.geometry.base import BaseGeometry

from layers.printing.document import BOLD, Document, Drawing, Text, width_of
from layers.printing.facts import Entry, Section
from layers.printing.labels import Names
from layers.printing.marks import place_mark
from layers.printing.order import Annotation, Mark, Place
from layers.printing.palette import INK, WHITE, Colour, colour
from layers.printing.paper import Box, Rectangle
from layers.printing.paths import Layered, on_paper
from layers.printing.symbols import Paint

SIGN_MM = 6.4
LEADER_MM = 7.5  # from a place to the middle of its number
DIRECTIONS = 16
NEAR_MM = 1.8  # of the thing itself, which stays to be seen
BAND: Colour = colour("#F2B632")
WORKS: Colour = colour("#F08A3C")
REMOVED: Colour = colour("#A4262C")
TRACES: Mapping[str, tuple[Paint, ...]] = {
    "band": (Paint(0, stroke=BAND._replace(alpha=0.85), width_mm=4.4, round_ends=True),),
    "dashes": (Paint(0, stroke=BAND._replace(alpha=0.85), width_mm=3.2, dash_mm=(4.0, 2.4)),),
    "frame": (
        Paint(1, stroke=WHITE, width_mm=1.2),
        Paint(2, stroke=INK, width_mm=0.45, dash_mm=(3.0, 1.4)),
    ),
    "shade": (Paint(0, fill=INK._replace(alpha=0.4)),),
    "removed": (
        Paint(1, stroke=REMOVED, width_mm=0.3, hatch=(45.0,), spacing_mm=1.4),
        Paint(2, stroke=REMOVED, width_mm=0.5, dash_mm=(1.6, 0.9)),
    ),
    "volume": (Paint(3, fill=WORKS._replace(alpha=0.62)), Paint(4, stroke=INK, width_mm=0.55)),
    "ridge": (Paint(5, stroke=INK, width_mm=0.3),),
    "measure": (
        Paint(6, stroke=WHITE._replace(alpha=0.85), width_mm=1.0),
        Paint(7, stroke=INK, width_mm=0.22),
    ),
}
AREAS = ("shade", "removed", "volume")
WORKS_TRACES = (*AREAS, "ridge", "measure")
"""What works are drawn by: over all layers."""
TICK_MM = 1.1
MEASURE_MM = 2.5


def svg_of(kind: str, text: str) -> str:
    """A sign as a drawing in a square of a hundred."""
    edge, ink = 'stroke="#ffffff" stroke-width="8"', "#14201d"
    shapes = {
        "number": f'<circle cx="50" cy="50" r="44" fill="{ink}" {edge}/>',
        "letter": f'<circle cx="50" cy="50" r="46" fill="#ffffff" stroke="#ffffff" stroke-width="6"/>'
        f'<circle cx="50" cy="50" r="40" fill="#ffffff" stroke="{ink}" stroke-width="9"/>',
        "title": f'<rect x="-45" y="18" width="190" height="64" fill="#ffffff" stroke="{ink}" stroke-width="5"/>',
        "square": f'<rect x="8" y="8" width="84" height="84" fill="{ink}" {edge}/>',
        "cross": "".join(
            f'<path d="M16 16L84 84M84 16L16 84" fill="none" stroke="{one}" stroke-width="{width}"'
            ' stroke-linecap="round"/>'
            for one, width in (("#ffffff", 34), (ink, 18))
        ),
    }
    size = 48 if kind == "title" or len(text) == 2 else 58 if len(text) < 2 else 36
    letters = ink if kind in ("letter", "title") else "#ffffff"
    letters_svg = f'<text x="50" y="{50 + size * 0.34:.0f}" font-size="{size}" fill="{letters}">{escape(text)}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg">{shapes[kind]}{letters_svg if text else ""}</svg>'


@dataclass(slots=True)
class AnnotationDrawing:
    """The annotations of a map in the making; `ground` in EPSG:2154, places on paper in millimetres."""

    annotations: Sequence[Annotation]
    ground: Box
    scale: int
    frame: Rectangle

    def on_map(self, place: Place) -> Place:
        """A place on paper."""
        factor = 1000 / self.scale
        return (place[0] - self.ground[0]) * factor, (place[1] - self.ground[1]) * factor

    def is_inside(self, place: Place) -> bool:
        return 0 <= place[0] <= self.frame.width and 0 <= place[1] <= self.frame.height

    def draw_traces(self, document: Document, kinds: Iterable[str]) -> None:
        """Draw the lines of these kinds."""
        drawing = Drawing(self.frame.width, self.frame.height)
        layered = Layered(drawing)
        for one in self.annotations:
            lines = self.geometries(one)
            if one.kind in kinds and len(lines):
                placed = on_paper(lines, self.ground, self.scale)
                layered.add(placed[~shapely.is_empty(placed)], TRACES[one.kind])
        layered.finish()
        document.draw(drawing, self.frame.x, self.frame.y)

    def geometries(self, one: Annotation) -> Any:
        lines = [shapely.linestrings(line) for line in one.lines if len(line) > 1]
        if one.kind in AREAS and lines:
            return np.array([shapely.build_area(shapely.multilinestrings(lines))], dtype=object)
        if one.kind == "measure":
            lines += [tick for line in one.lines for tick in self.ticks(line)]
        return np.array(lines, dtype=object)

    def ticks(self, line: Sequence[Place]) -> Iterator[BaseGeometry]:
        """Strokes across both ends of a measured line, in ground metres."""
        (ax, ay), (bx, by) = line[0], line[-1]
        length = math.hypot(bx - ax, by - ay) or 1.0
        half = TICK_MM * self.scale / 2000
        across, up = -(by - ay) / length * half, (bx - ax) / length * half
        for x, y in (line[0], line[-1]):
            yield shapely.linestrings([(x - across, y - up), (x + across, y + up)])

    def draw_measures(self, document: Document, names: Names) -> None:
        """Write each measure along its line, over its middle, upright."""
        texts = [
            text
            for one in self.annotations
            if one.kind == "measure"
            for line, mark in zip(one.lines, one.marks, strict=True)
            if (text := self.measure_text(line, mark.text, names))
        ]
        with document.shift_origin(self.frame.x, self.frame.y, (0, 0, self.frame.width, self.frame.height)):
            document.texts(texts)

    def measure_text(self, line: Sequence[Place], text: str, names: Names) -> Text | None:
        (ax, ay), (bx, by) = self.on_map(line[0]), self.on_map(line[-1])
        middle = (ax + bx) / 2, (ay + by) / 2
        if not text or not self.is_inside(middle):
            return None
        length = math.hypot(bx - ax, by - ay) or 1.0
        turn = (bx - ax) / length, (by - ay) / length
        if turn[0] < 0 or (turn[0] == 0 and turn[1] < 0):
            turn = -turn[0], -turn[1]
        half, above = width_of(text, MEASURE_MM, BOLD) / 2, 0.7
        x = middle[0] - half * turn[0] - above * turn[1]
        y = middle[1] - half * turn[1] + above * turn[0]
        names.keep_clear(*middle, max(half / 2, MEASURE_MM / 2))
        return Text(x, y, text, MEASURE_MM, BOLD, INK, turn, (WHITE, 0.45))

    def draw_signs(self, document: Document, names: Names) -> None:
        """Draw the marks, and keep names away from them: what stands at its place first, then the numbers beside."""
        drawing = Drawing(self.frame.width, self.frame.height)
        taken: list[tuple[float, float, float]] = []
        for one, _mark, at in self.marks_on_map():
            taken.append((*at, NEAR_MM if one.kind == "number" else SIGN_MM / 2))
        for one, mark, at in self.marks_on_map():
            if one.kind != "number":
                drawing.add(drawing.ink(INK), place_mark(svg_of(one.kind, mark.text), *at, SIGN_MM))
                names.keep_clear(*at, SIGN_MM / 2)
        for one, mark, at in self.marks_on_map():
            if one.kind == "number":
                beside = self.place_beside(at, taken)
                taken.append((*beside, SIGN_MM / 2))
                drawing.add(*leader(drawing, at, beside), place_mark(svg_of(one.kind, mark.text), *beside, SIGN_MM))
                names.keep_clear(*beside, SIGN_MM / 2)
                names.keep_clear(*at, NEAR_MM)
        document.draw(drawing, self.frame.x, self.frame.y)

    def marks_on_map(self) -> Iterator[tuple[Annotation, Mark, Place]]:
        """The marks of signs that lie in the map, with where on paper."""
        for one in self.annotations:
            for mark in one.marks if one.kind not in TRACES else ():
                at = self.on_map(mark.place)
                if self.is_inside(at):
                    yield one, mark, at

    def place_beside(self, at: Place, taken: Sequence[tuple[float, float, float]]) -> Place:
        """Where a number stands: in the direction in which it is farthest from all others and the map's edge."""
        half = SIGN_MM / 2
        places = [
            (at[0] + LEADER_MM * math.cos(angle), at[1] + LEADER_MM * math.sin(angle))
            for angle in (math.pi / 4 + 2 * math.pi * step / DIRECTIONS for step in range(DIRECTIONS))
        ]

        def free(place: Place) -> float:
            x, y = place
            edges = min(x, y, self.frame.width - x, self.frame.height - y) - half
            others = (math.hypot(x - east, y - north) - radius - half for east, north, radius in taken)
            return min(edges, *others, half)

        return max(places, key=free)

    def legend(self) -> list[Section]:
        """The lines of what lies in the map: each mark that has its own label, else one for all of a kind."""
        entries: list[Entry] = []
        inside = shapely.box(*self.ground)
        for one in self.annotations:
            marks = [mark for owner, mark, _at in self.marks_on_map() if owner is one]
            own = [mark for mark in marks if mark.label and one.kind not in TRACES]
            entries += [Entry(mark.label, "circle", (), False, svg_of(one.kind, mark.text)) for mark in own]
            if one.label and len(marks) > len(own) and one.kind not in TRACES:
                entries.append(Entry(one.label, "circle", (), False, svg_of(one.kind, marks[0].text)))
            if one.label and one.lines and any(meets(inside, line) for line in self.geometries(one)):
                shape = "fill" if one.kind in AREAS else "line"
                entries.append(Entry(one.label, shape, TRACES[one.kind], False))
        return [Section("", tuple(entries), titled=False)] if entries else []


def meets(window: BaseGeometry, line: BaseGeometry) -> bool:
    return bool(shapely.intersects(window, line))


def leader(drawing: Drawing, at: Place, beside: Place) -> list[str]:
    """The line from a thing to its number, dark on pale."""
    x, y = (at[axis] + (beside[axis] - at[axis]) * NEAR_MM / LEADER_MM for axis in (0, 1))
    path = f"{x:.3f} {y:.3f} m {beside[0]:.3f} {beside[1]:.3f} l S"
    return [f"{drawing.ink(ink, stroke=True)} [] 0 d 1 J {width} w {path}" for ink, width in ((WHITE, 1.5), (INK, 0.6))]
