"""One layer on a printed map: its features painted, its names collected, its legend counted.

Where a photo ends inside the map, what lies on it has the photo's colours and the rest those of plain paper: a boundary
that crosses the photo's edge is drawn in both, each cut there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.catalogue.models import Layer
from layers.printing import marks
from layers.printing.document import Drawing
from layers.printing.enlarging import enlarge_style
from layers.printing.facts import DrawnLayer
from layers.printing.labels import Names
from layers.printing.order import Wanted
from layers.printing.palette import INK
from layers.printing.paper import Box, Rectangle
from layers.printing.paths import POINT, Geometries, Layered, on_paper, outline_of
from layers.printing.services.reading import Batch
from layers.printing.symbols import Drawn, Paint, fade_drawn, layer_style


@dataclass(slots=True)
class Side:
    """The part of the map that lies on the photo, or the rest; `area` in millimetres on paper, prepared."""

    on_photo: bool
    area: BaseGeometry
    whole: bool
    layered: Layered
    marks: list[str] = field(default_factory=list)

    def meets(self, placed: Geometries) -> Any:
        return np.ones(len(placed), np.bool_) if self.whole else shapely.intersects(self.area, placed)

    def shows(self, geometry: BaseGeometry, drawn: Drawn) -> bool:
        """Whether a feature leaves a trace here: of an area without a colour only its outline does."""
        if drawn.lettering or shapely.get_dimensions(geometry) < 2 or any(paint.covers for paint in drawn.paints):
            return True
        return bool(shapely.intersects(self.area, shapely.boundary(geometry)))


class LayerDrawing:
    """A layer in the making; `photographed` is where the photo lies (millimetres on paper), None without one."""

    def __init__(
        self, layer: Layer, *, scale: int, frame: Rectangle, wanted: Wanted, names: Names,
        photographed: BaseGeometry | None,
    ) -> None:  # fmt: skip
        self.scale, self.opacity, self.names = scale, wanted.opacity, names
        self.style = enlarge_style(layer_style(layer, scale, wanted.labels_from), wanted)
        self.drawn_layer = DrawnLayer(layer)
        self.sides = list(sides(frame, photographed))

    def add(self, batch: Batch, ground: Box) -> None:
        """Paint some features of a map of this ground (EPSG:2154)."""
        placed = on_paper(batch.geometries, ground, self.scale)
        there = ~shapely.is_empty(placed)
        for side in self.sides:
            alike: dict[tuple[Paint, ...], list[int]] = {}
            for number in np.flatnonzero(there & side.meets(placed)).tolist():
                drawn = fade_drawn(self.style(batch.properties[number], side.on_photo), self.opacity)
                if not drawn.paints:
                    continue
                if drawn.mark:
                    side.marks += [marks.place_mark(drawn.mark, x, y) for x, y in coordinates(placed[number])]
                else:
                    alike.setdefault(drawn.paints, []).append(number)
                self.note(placed[number], drawn, side)
            for paints, numbers in alike.items():
                side.layered.add(placed[numbers], paints)

    def note(self, geometry: BaseGeometry, drawn: Drawn, side: Side) -> None:
        """Count a feature for the legend, and remember its name."""
        if side.shows(geometry, drawn):
            self.drawn_layer.add(drawn, side.on_photo)
        if shapely.get_dimensions(geometry) == POINT:
            radius = marks.MARK_MM / 2 if drawn.mark else max(paint.radius_mm for paint in drawn.paints)
            for x, y in coordinates(geometry):
                self.names.keep_clear(x, y, radius)
        if drawn.text and drawn.lettering and self.is_labelled_on(side, geometry):
            self.names.ask(geometry, drawn.text, drawn.lettering)

    def is_labelled_on(self, side: Side, geometry: BaseGeometry) -> bool:
        """Whether a name is written in the colours of this side: once, where most of what one sees lies."""
        if side.whole:
            return True
        west, south, east, north = np.clip(
            shapely.bounds(geometry), 0, np.tile([self.names.width, self.names.height], 2)
        )
        on_photo = shapely.contains_xy(self.sides[0].area, (west + east) / 2, (south + north) / 2)
        return bool(on_photo) == side.on_photo

    def finish(self) -> list[Drawing]:
        """The drawings, one of each side."""
        for side in self.sides:
            side.layered.finish()
            if side.marks:
                side.layered.drawing.add(side.layered.drawing.ink(INK), *side.marks)
        return [side.layered.drawing for side in self.sides]


def coordinates(geometry: BaseGeometry) -> list[tuple[float, float]]:
    return [(x, y) for x, y in shapely.get_coordinates(geometry).tolist()]


def sides(frame: Rectangle, photographed: BaseGeometry | None) -> Iterator[Side]:
    """The photo and the rest of the map, or the one that there is."""
    window = shapely.box(0, 0, frame.width, frame.height)
    on_photo = None if photographed is None else shapely.intersection(photographed, window)
    if on_photo is None or on_photo.is_empty or on_photo.area >= window.area * (1 - 1e-6):
        shapely.prepare(window)
        yield Side(on_photo is not None and not on_photo.is_empty, window, True, Layered(drawing_of(frame)))
        return
    for area in (on_photo, shapely.difference(window, on_photo)):
        shapely.prepare(area)
        yield Side(area is on_photo, area, False, Layered(drawing_of(frame, area)))


def drawing_of(frame: Rectangle, area: BaseGeometry | None = None) -> Drawing:
    """A drawing of the map, cut at the edge of an area."""
    drawing = Drawing(frame.width, frame.height)
    if area is not None:
        drawing.add(outline_of(np.array([area]), Paint(0)), "W* n")
    return drawing
