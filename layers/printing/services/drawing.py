"""Drawing a print: the photo, then the layers from the lowest up, their names, and the words around the map.

Everything is read as its asker, under the row policies. What cannot be drawn stops the whole print.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.db import DatabaseError
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry
from shapely.lib import GEOSException

from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.models import Commune
from gis_core.rights import Rights, under_policies
from layers.catalogue.models import Layer
from layers.catalogue.pictures import Pixels, open_photo
from layers.catalogue.services import visible_layer, visible_photo
from layers.printing import labels, title_block
from layers.printing.document import Document, Drawing
from layers.printing.facts import Facts, PhotoShown, Shown, legend_of, sources_of
from layers.printing.order import PrintOrder
from layers.printing.paper import Box
from layers.printing.paths import POINT, Layered, on_paper
from layers.printing.picture import Developed, develop
from layers.printing.scale import EPSG, Projection
from layers.printing.services.reading import Batch, read_features
from layers.printing.symbols import Drawn, columns_for, faded, look_of

MOST_COMMUNES = 4
PHOTO_SHARE = 0.5  # of the work
LAYERS_SHARE = 0.4

type Tell = Callable[[float, str], None]


@dataclass(slots=True)
class Printed:
    """What the job's report says of a finished print."""

    pages: int
    features: int
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Printing:
    """One print in the making."""

    order: PrintOrder
    rights: Rights
    folder: Path
    tell: Tell
    shown: list[Shown] = field(default_factory=list)
    ground: Box = field(init=False)

    def __post_init__(self) -> None:
        self.ground = self.order.sheet.ground(self.order.center, self.order.scale)

    def run(self, target: Path, *, author: str, organisation: str, day: date, language: str) -> Printed:
        """Draw everything into a PDF file. Raises domain errors that name what could not be drawn."""
        order, sheet = self.order, self.order.sheet
        layers = self.layers()
        photo, picture, pixels = self.photo()
        document = Document(target, title=order.title, author=author, subject=order.note, language=language)
        document.page(sheet.width, sheet.height)
        if picture:
            document.picture(picture.path, sheet.map)
        self.draw_layers(document, layers, self.seen_ground(pixels))
        facts = self.facts(photo, author=author, organisation=organisation, day=day)
        if order.grid:
            title_block.write_grid(document, sheet, self.ground, order.scale, photo is not None)
        title_block.write_frame(document, sheet)
        title_block.write_strip(document, sheet, facts)
        if not title_block.write_block(document, sheet, facts):
            title_block.write_appendix(document, facts)
        self.tell(0.97, _("Writing the file"))
        document.save()
        return Printed(document.pages, sum(one.count for one in self.shown), remarks_of(facts, photo))

    # -- the photo ----------------------------------------------------------------------------------------------------

    def photo(self) -> tuple[PhotoShown | None, Developed | None, Pixels | None]:
        """The photo as a picture of the map. Raises Invalid when nothing of it lies in the map."""
        if not self.order.photo:
            return None, None, None
        with under_policies():
            photo = self.found(visible_photo, self.order.photo, self.order.photo_title)
            pixels = open_photo(photo, self.rights)
        words = _("Photo “%(title)s”") % {"title": photo}
        size = self.order.sheet.pixels(self.order.dpi)
        picture = develop(pixels, self.ground, size, self.folder, lambda share: self.tell(share * PHOTO_SHARE, words))
        if not picture.covered:
            words = _("The photo “%(title)s” has no pixel in this map that you may see, and nothing was printed.")
            raise Invalid(words % {"title": photo})
        return PhotoShown(photo, picture.covered, pixels.narrowed), picture, pixels

    def seen_ground(self, pixels: Pixels | None) -> BaseGeometry | None:
        """The part of the map where the photo lies, prepared."""
        if pixels is None:
            return None
        seen: BaseGeometry = shapely.intersection(pixels.ground, shapely.box(*self.ground))
        shapely.prepare(seen)
        return seen

    # -- layers -------------------------------------------------------------------------------------------------------

    def layers(self) -> list[Layer]:
        """The layers in the order given. Raises NotFound, naming the one that its asker sees no more."""
        with under_policies():
            return [self.found(visible_layer, wanted.layer, wanted.title) for wanted in self.order.layers]

    def found[T](self, ask: Callable[[str, Rights], T], slug: str, title: str) -> T:
        try:
            return ask(slug, self.rights)
        except NotFound as error:
            words = _("“%(title)s” is no longer there, or no longer open to you: nothing was printed.")
            raise NotFound(words % {"title": title or slug}) from error

    def draw_layers(self, document: Document, layers: list[Layer], photographed: BaseGeometry | None) -> None:
        """The lowest layer first; then all names over all layers."""
        frame = self.order.sheet.map
        names = labels.Names(frame.width, frame.height)
        begun = PHOTO_SHARE if self.order.photo else 0.0
        for number, (layer, wanted) in enumerate(reversed(list(zip(layers, self.order.layers, strict=True)))):
            share = begun + (1 - begun) * LAYERS_SHARE * 2 * number / len(layers)
            self.tell(share, _("Layer “%(layer)s”") % {"layer": layer})
            drawing = Drawing(frame.width, frame.height)
            self.shown.insert(0, self.draw_layer(layer, wanted.opacity, drawing, names, photographed))
            document.draw(drawing, frame.x, frame.y, wanted.opacity)
        self.tell(0.9, _("Names"))
        names.place()
        with document.moved(frame.x, frame.y, (0, 0, frame.width, frame.height)):
            labels.write(document, names)

    def draw_layer(
        self, layer: Layer, opacity: float, drawing: Drawing, names: labels.Names, photographed: BaseGeometry | None
    ) -> Shown:
        """One layer's features in the drawing, what they are called in the names. Raises Unavailable, naming it."""
        shown, layered = Shown(layer), Layered(drawing)
        try:
            with under_policies():
                for batch in read_features(layer, self.ground, columns_for(layer), self.rights):
                    self.draw_batch(batch, shown, layered, opacity, names, photographed)
        except (DatabaseError, GEOSException) as error:
            words = _("The layer “%(layer)s” could not be read, and nothing was printed.")
            raise Unavailable(words % {"layer": layer}) from error
        layered.finish()
        return shown

    def draw_batch(
        self, batch: Batch, shown: Shown, layered: Layered, opacity: float, names: labels.Names,
        photographed: BaseGeometry | None,
    ) -> None:  # fmt: skip
        look = look_of(shown.layer, self.order.scale)
        photo = on_photo(batch.geometries, photographed)
        placed = on_paper(batch.geometries, self.ground, self.order.scale)
        for geometry, properties, over in zip(placed, batch.properties, photo, strict=True):
            if shapely.is_empty(geometry):
                continue
            drawn = faded(look(properties, bool(over)), opacity)
            if not drawn.paints:
                continue
            layered.add(geometry, drawn.paints)
            if shapely.get_dimensions(geometry) == POINT:
                radius = max(paint.radius_mm for paint in drawn.paints)
                for x, y in shapely.get_coordinates(geometry).tolist():
                    names.keep_clear(x, y, radius)
            if drawn.text and drawn.lettering:
                names.ask(geometry, drawn.text, drawn.lettering)
            if self.is_seen(geometry, drawn):
                shown.add(drawn, bool(over))

    def is_seen(self, geometry: BaseGeometry, drawn: Drawn) -> bool:
        """Whether a feature leaves a trace on the map: of an area without a colour only its outline does."""
        if drawn.lettering or shapely.get_dimensions(geometry) < 2 or any(paint.fill for paint in drawn.paints):
            return True
        frame = self.order.sheet.map
        window = shapely.box(0, 0, frame.width, frame.height)
        return bool(shapely.intersects(shapely.boundary(geometry), window))

    # -- words --------------------------------------------------------------------------------------------------------

    def facts(self, photo: PhotoShown | None, *, author: str, organisation: str, day: date) -> Facts:
        order = self.order
        return Facts(
            title=order.title,
            note=order.note,
            author=author,
            organisation=organisation,
            day=day,
            communes=communes_in(self.ground),
            scale=order.scale,
            projection=Projection.at(*order.center),
            legend=legend_of(self.shown),
            empty=[str(one.layer) for one in self.shown if not one.count],
            sources=sources_of([one.layer for one in self.shown if one.count], photo),
        )


def on_photo(geometries: Any, photographed: BaseGeometry | None) -> Any:
    """Which of these geometries have their middle on the photo: they are drawn in its colours, as in the web map."""
    if photographed is None:
        return np.zeros(len(geometries), np.bool_)
    bounds = shapely.bounds(geometries)
    return shapely.contains_xy(photographed, (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2)


def communes_in(ground: Box) -> list[str]:
    """The communes that the map shows, the one with most of it first; a few of them."""
    window = shapely.box(*ground)
    near = Polygon.from_bbox(ground)
    near.srid = EPSG
    found = Commune.objects.filter(geom__bboverlaps=near).values_list("name", "geom")
    shares = [(shapely.intersection(shapely.from_wkb(bytes(geom.wkb)), window).area, name) for name, geom in found]
    names = [name for share, name in sorted(shares, reverse=True) if share > 0]
    return [*names[:MOST_COMMUNES], *(["…"] if len(names) > MOST_COMMUNES else [])]


def remarks_of(facts: Facts, photo: PhotoShown | None) -> list[str]:
    """What somebody should know of the finished print."""
    remarks = []
    if facts.empty:
        remarks.append(_("Nothing of these in the map: %(layers)s") % {"layers": ", ".join(facts.empty)})
    if photo and photo.covered < 0.9995:
        remarks.append(facts.sources[-1])
    return remarks
