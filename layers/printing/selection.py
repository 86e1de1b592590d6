"""What somebody has selected, outlined over the layers of a printed map: dark on pale, so that it is seen on any ground
and on paper without colours."""

from collections.abc import Sequence

import numpy as np
import shapely
from django.utils.translation import gettext as _

from layers.catalogue.models import Layer
from layers.features.display import display_number
from layers.printing.document import Drawing
from layers.printing.facts import Entry, Section
from layers.printing.palette import LIGHT, WHITE
from layers.printing.paper import Box, Rectangle
from layers.printing.paths import Geometries, Layered, on_paper
from layers.printing.services.reading import Batch
from layers.printing.symbols import Paint

AROUND_MM = {Layer.Geometry.POINT: 3.4, Layer.Geometry.LINE: 1.5, Layer.Geometry.POLYGON: 0.0}
"""How far from the object its outline runs."""
PAINTS = (
    Paint(0, stroke=WHITE, width_mm=1.7, round_ends=True),
    Paint(1, stroke=LIGHT.accent, width_mm=0.8, round_ends=True),
)
CHIP_RADIUS_MM = 1.4


class Outlines:
    """The outlines of the selected objects of a layer in the making."""

    def __init__(self, layer: Layer, label: str, frame: Rectangle, scale: int) -> None:
        self.layer, self.label, self.scale = layer, label, scale
        self.drawing = Drawing(frame.width, frame.height)
        self.layered = Layered(self.drawing)
        self.names: list[str] = []

    def add(self, batch: Batch, ground: Box) -> None:
        """Outline some objects of a map of this ground (EPSG:2154)."""
        placed = on_paper(batch.geometries, ground, self.scale)
        there = ~shapely.is_empty(placed)
        self.layered.add(outlines(placed[there], Layer.Geometry(self.layer.geometry_type)), PAINTS)
        title = self.layer.title_field
        self.names += [str(batch.properties[number].get(title) or "") for number in np.flatnonzero(there).tolist()]

    def finish(self) -> Drawing:
        self.layered.finish()
        return self.drawing

    def legend(self) -> list[Section]:
        """Its line of the legend, none where nothing of it lies in the map."""
        if not self.names:
            return []
        point = self.layer.geometry_type == Layer.Geometry.POINT
        paints = tuple(Paint(one.rank, stroke=one.stroke, width_mm=one.width_mm / 2, radius_mm=CHIP_RADIUS_MM)
                       for one in PAINTS)  # fmt: skip
        entry = Entry(self.label or describe_selected(self.layer, self.names), "circle" if point else "fill", paints,
                      on_photo=False)  # fmt: skip
        return [Section(str(self.layer), (entry,), titled=False)]


def outlines(placed: Geometries, kind: Layer.Geometry) -> Geometries:
    """Areas as they are; a tube around a line, a ring around a point."""
    around = AROUND_MM[kind]
    tubes: Geometries = shapely.buffer(placed, around, quad_segs=12) if around else placed
    return tubes


def describe_selected(layer: Layer, names: Sequence[str]) -> str:
    """What the legend says of them."""
    if len(names) == 1 and names[0]:
        return _("Selected: %(name)s (%(layer)s)") % {"name": names[0], "layer": layer}
    if len(names) == 1:
        return _("Selected: one object (%(layer)s)") % {"layer": layer}
    return _("Selected: %(count)s objects (%(layer)s)") % {"count": display_number(len(names), 0), "layer": layer}
