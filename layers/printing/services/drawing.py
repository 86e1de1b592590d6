"""Drawing a print: the photo, then the layers from the lowest up, their names, and the words around the map.

Everything is read as its asker, under the row policies. What cannot be drawn stops the whole print.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.db import DatabaseError
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry
from shapely.lib import GEOSException

from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.members.rights import Rights, under_policies
from gis_core.models import Commune
from layers.catalogue.alternative_legends import find_alternative
from layers.catalogue.models import Layer
from layers.catalogue.pictures import Pixels, open_photo
from layers.catalogue.services import visible_layer, visible_photo
from layers.external.models import ExternalLayer
from layers.printing import labels, title_block
from layers.printing.annotations import WORKS_TRACES, AnnotationDrawing
from layers.printing.document import Document, Drawing
from layers.printing.facts import DrawnLayer, DrawnPhoto, Facts, Printable, Section, legend_of, sources_of
from layers.printing.mapping import LayerDrawing
from layers.printing.order import PrintOrder
from layers.printing.palette import WHITE
from layers.printing.paper import Box
from layers.printing.paths import on_paper
from layers.printing.picture import Developed
from layers.printing.scale import EPSG, Projection
from layers.printing.selection import Outlines
from layers.printing.services.pictures import foreign_picture, foreign_reader, photo_picture
from layers.printing.services.prints import draw_by_legend, printable
from layers.printing.services.reading import read_features
from layers.printing.symbols import WHOLE, Drawn, columns_for

MOST_COMMUNES = 4
PHOTO_SHARE = 0.5  # of the work
NAMES_SHARE = 0.9
BANDS = ("band", "dashes")

type Progress = Callable[[float, str], None]


@dataclass(slots=True)
class Printed:
    """What the job's report says of a finished print."""

    pages: int
    features: int
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Printing:
    """One map in the making."""

    order: PrintOrder
    rights: Rights
    folder: Path
    progress: Progress
    drawn_layers: list[DrawnLayer] = field(default_factory=list)
    outlined: list[Section] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    ground: Box = field(init=False)

    def __post_init__(self) -> None:
        self.ground = self.order.sheet.ground(self.order.center, self.order.scale)

    def draw_sheet(self, document: Document, *, author: str, organisation: str, day: date) -> Printed:
        """Draw everything on a new page of a document. Raises domain errors that name what could not be drawn."""
        order, sheet = self.order, self.order.sheet
        layers = self.layers()
        photo, picture, pixels = self.photo()
        document.page(sheet.width, sheet.height)
        if picture:
            document.picture(picture.path, sheet.map)
            if order.pale_photo:
                veil = WHITE._replace(alpha=order.pale_photo)
                document.fill(sheet.map.x, sheet.map.y, sheet.map.width, sheet.map.height, veil)
        self.draw_layers(document, layers, self.place_photo(pixels))
        facts = self.facts(photo, author=author, organisation=organisation, day=day)
        if order.grid:
            title_block.write_grid(document, sheet, self.ground, order.scale, photo is not None)
        title_block.write_frame(document, sheet)
        title_block.write_strip(document, sheet, facts)
        if left := title_block.write_block(document, sheet, facts):
            title_block.write_appendix(document, facts, left)
        remarks = [*self.remarks, *remarks_of(document, facts, photo)]
        return Printed(document.pages, sum(one.count for one in self.drawn_layers), remarks)

    # -- the photo ----------------------------------------------------------------------------------------------------

    def photo(self) -> tuple[DrawnPhoto | None, Developed | None, Pixels | None]:
        """The photo as a picture of the map. Raises Invalid when nothing of it lies in the map."""
        if not self.order.photo:
            return None, None, None
        with under_policies():
            photo = self.find_visible(visible_photo, self.order.photo, self.order.photo_title)
            pixels = open_photo(photo, self.rights)
        message = _("Photo “%(title)s”") % {"title": photo}
        size = self.order.sheet.pixels(self.order.dpi)
        progress = lambda share: self.progress(share * PHOTO_SHARE, message)  # noqa: E731
        picture = photo_picture(pixels, self.ground, size, self.folder, progress)
        if not picture.covered and not self.order.photo_needed:
            self.remarks.append(
                _("Nothing of the photo “%(title)s” where a plan lies: it is printed without.") % {"title": photo}
            )
            return None, None, None
        if not picture.covered:
            message = _("The photo “%(title)s” has no pixel in this map that you may see, and nothing was printed.")
            raise Invalid(message % {"title": photo})
        return DrawnPhoto(photo, picture.covered, pixels.narrowed), picture, pixels

    def place_photo(self, pixels: Pixels | None) -> BaseGeometry | None:
        """Where the photo lies, in millimetres on paper."""
        if pixels is None:
            return None
        near = shapely.intersection(pixels.ground, shapely.box(*self.ground))
        placed: BaseGeometry = on_paper(np.array([near]), self.ground, self.order.scale)[0]
        return placed

    # -- layers -------------------------------------------------------------------------------------------------------

    def layers(self) -> list[Printable]:
        """The layers in the order given. Raises NotFound, naming the one that its asker sees no more."""
        with under_policies():
            return [
                draw_by_legend(self.find_visible(printable, one.layer, one.title), one.legend, self.rights)
                for one in self.order.layers
            ]

    def find_visible[T](self, ask: Callable[[str, Rights], T], slug: str, title: str) -> T:
        try:
            return ask(slug, self.rights)
        except NotFound as error:
            message = _("“%(title)s” is no longer there, or no longer open to you: nothing was printed.")
            raise NotFound(message % {"title": title or slug}) from error

    def draw_layers(self, document: Document, layers: list[Printable], photographed: BaseGeometry | None) -> None:
        """The lowest layer first; then what is selected, unless it lies under one; then all names over all of it."""
        frame = self.order.sheet.map
        names = labels.Names(frame.width, frame.height)
        begun = PHOTO_SHARE if self.order.photo else 0.0
        annotations = AnnotationDrawing(self.order.annotations, self.ground, self.order.scale, frame)
        under = self.order.outlines_under
        if not under:
            annotations.draw_traces(document, BANDS)
        for number, (layer, wanted) in enumerate(reversed(list(zip(layers, self.order.layers, strict=True)))):
            step = (NAMES_SHARE - begun) / len(layers)
            share = begun + step * number
            if wanted.layer == under:
                annotations.draw_traces(document, BANDS)
                self.outline_selected(document)
            if isinstance(layer, ExternalLayer):
                self.drawn_layers.insert(0, self.place_picture(document, layer, wanted.opacity, (share, step)))
                continue
            drawing = LayerDrawing(
                layer, scale=self.order.scale, frame=frame, wanted=wanted, names=names,
                photographed=photographed,
            )  # fmt: skip
            if wanted.legend:
                drawing.drawn_layer.by = str(find_alternative(layer, wanted.legend))
            for side in self.draw_layer(layer, drawing, share):
                document.draw(side, frame.x, frame.y, wanted.opacity)
            self.drawn_layers.insert(0, drawing.drawn_layer)
        if not under:
            self.outline_selected(document)
        annotations.draw_traces(document, (*WORKS_TRACES, "frame"))
        annotations.draw_signs(document, names)
        annotations.draw_measures(document, names)
        self.outlined = [*annotations.legend(), *self.outlined]
        names.place(lambda: self.progress(NAMES_SHARE, _("Names")))
        with document.shift_origin(frame.x, frame.y, (0, 0, frame.width, frame.height)):
            labels.write(document, names)

    def place_picture(
        self, document: Document, layer: ExternalLayer, opacity: float, shares: tuple[float, float]
    ) -> DrawnLayer:
        """The images of another server's layer."""
        begun, step = shares
        message = _("Layer “%(layer)s”") % {"layer": layer}
        with under_policies():
            read = foreign_reader(layer)
        size = self.order.sheet.pixels(self.order.dpi)
        progress = lambda share: self.progress(begun + share * step, message)  # noqa: E731
        picture = foreign_picture(layer, read, self.ground, size, self.folder, progress)
        drawn = DrawnLayer(layer)
        if picture.covered:
            document.picture(picture.path, self.order.sheet.map, picture.mask, opacity)
            drawn.add(Drawn(WHOLE, ()), on_photo=False)
        return drawn

    def draw_layer(self, layer: Layer, drawing: LayerDrawing, share: float) -> list[Drawing]:
        """Read and paint one layer. Raises Unavailable, naming it."""
        telling = _("Layer “%(layer)s”") % {"layer": layer}
        self.progress(share, telling)
        with self.explain_unread(layer), under_policies():
            for batch in read_features(layer, self.ground, columns_for(layer), self.rights):
                drawing.add(batch, self.ground)
                self.progress(share, telling)
        return drawing.finish()

    def outline_selected(self, document: Document) -> None:
        """What is selected, of what its asker may still see. Raises NotFound, Unavailable, naming the layer."""
        frame = self.order.sheet.map
        for one in self.order.selected:
            with under_policies():
                layer = self.find_visible(visible_layer, one.layer, one.title)
            drawing = Outlines(layer, one.label, frame, self.order.scale)
            with self.explain_unread(layer), under_policies():
                for batch in read_features(layer, self.ground, {layer.title_field}, self.rights, one.ids):
                    drawing.add(batch, self.ground)
            document.draw(drawing.finish(), frame.x, frame.y)
            self.outlined += drawing.legend()

    @contextmanager
    def explain_unread(self, layer: Layer) -> Iterator[None]:
        """Turns what goes wrong while a layer is read into Unavailable, which names it."""
        try:
            yield
        except (DatabaseError, GEOSException) as error:
            message = _("The layer “%(layer)s” could not be read, and nothing was printed.")
            raise Unavailable(message % {"layer": layer}) from error

    # -- words --------------------------------------------------------------------------------------------------------

    def facts(self, photo: DrawnPhoto | None, *, author: str, organisation: str, day: date) -> Facts:
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
            legend=[*self.outlined, *legend_of(self.drawn_layers)],
            empty=[str(one.layer) for one in self.drawn_layers if not one.count],
            sources=sources_of([one.layer for one in self.drawn_layers if one.count], photo),
        )


def print_sheets(
    orders: Sequence[PrintOrder], rights: Rights, folder: Path, progress: Progress, target: Path, *, author: str,
    organisation: str, day: date, language: str,
) -> Printed:  # fmt: skip
    """Several maps as one PDF file, a sheet after the other. Raises domain errors that name what could not be drawn."""
    first = orders[0]
    document = Document(target, title=first.title, author=author, subject=first.note, language=language)
    features = 0
    remarks: list[str] = []
    for number, order in enumerate(orders):
        scratch = folder / str(number)
        scratch.mkdir(parents=True, exist_ok=True)

        def report(share: float, message: str, begun: float = number / len(orders)) -> None:
            progress(0.97 * (begun + share / len(orders)), message)

        sheet = Printing(order, rights, scratch, report)
        printed = sheet.draw_sheet(document, author=author, organisation=organisation, day=day)
        features += printed.features
        remarks += [remark for remark in printed.remarks if remark not in remarks]
    progress(0.97, _("Writing the file"))
    document.save()
    return Printed(document.pages, features, remarks)


def communes_in(ground: Box) -> list[str]:
    """The communes that the map shows, the one with most of it first; a few of them."""
    window = shapely.box(*ground)
    near = Polygon.from_bbox(ground)
    near.srid = EPSG
    communes = Commune.objects.filter(geom__bboverlaps=near).values_list("name", "geom")
    shares = [(shapely.intersection(shapely.from_wkb(bytes(geom.wkb)), window).area, name) for name, geom in communes]
    names = [name for share, name in sorted(shares, reverse=True) if share > 0]
    return [*names[:MOST_COMMUNES], *(["…"] if len(names) > MOST_COMMUNES else [])]


def remarks_of(document: Document, facts: Facts, photo: DrawnPhoto | None) -> list[str]:
    """What somebody should know of the finished print."""
    remarks = []
    if facts.empty:
        remarks.append(_("Nothing of these in the map: %(layers)s") % {"layers": ", ".join(facts.empty)})
    if photo and photo.covered < 0.9995:
        remarks.append(facts.sources[-1])
    if document.unknown:
        remark = _("The font does not have these characters, which some names contain: %(letters)s")
        remarks.append(remark % {"letters": " ".join(sorted(document.unknown))[:80]})
    return remarks
