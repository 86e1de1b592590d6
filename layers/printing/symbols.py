"""How features look on paper: the rules of the web map (webmap/src/map/styles.ts), in millimetres.

A style answers, for a feature, what to paint and what to write; the same answers draw the legend.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from layers.catalogue.label_text import USUAL_PRIORITY, join_parts, label_parts
from layers.catalogue.legend import columns_used, first_alike, hatch_angles, line_for
from layers.catalogue.models import Layer, in_language
from layers.printing.palette import LIGHT, PHOTO, Colour, Palette, colour
from layers.printing.points import MARKS

PX_MM = 0.2  # of a line of the screen: print is finer than a screen, and read from nearer
TEXT_MM = 0.195  # of a text's pixel: 11 px are 6.1 points
DETAILS = ((2_000, "address"), (5_000, "parcel"), (20_000, "section"), (100_000, "area"))
RANKS = ("far", "area", "section", "parcel", "address")
LIGHT_BUILDING = "02"
WHOLE = -1  # the entry of a layer whose legend has no line
NEUTRAL_SYMBOL = {"fill": "#9aa5a180", "stroke": "#66736e", "stroke_width": 1}
USUAL_LABEL_PX = 11
USUAL_WEIGHT = 3
CASING_PX = 2.2
ROAD_METRES = (
    (re.compile(r"depart|\brd\b|\bd\s?\d|nation|\bn\s?\d|avenue|boulevard|main|primary", re.IGNORECASE), 8.0),
    (re.compile(r"chemin|sentier|path|track|rural|impasse", re.IGNORECASE), 3.5),
)
WIDEST_ROAD_MM = 6.0

type Properties = Mapping[str, Any]
type Placing = Literal["inside", "along", "above"]


@dataclass(frozen=True, slots=True)
class Paint:
    """One way to paint a geometry; of a layer's paints those of the lowest `rank` lie below.

    With `hatch`, the directions of lines in degrees, they are drawn inside the geometry instead of its outline.
    """

    rank: int
    fill: Colour | None = None
    stroke: Colour | None = None
    width_mm: float = 0.0
    dash_mm: tuple[float, ...] = ()
    radius_mm: float = 0.0
    shape: str = "circle"
    round_ends: bool = False
    hatch: tuple[float, ...] = ()
    spacing_mm: float = 0.0

    @property
    def covers(self) -> bool:
        """Whether it is seen inside an area."""
        return self.fill is not None or bool(self.hatch)


@dataclass(frozen=True, slots=True)
class Lettering:
    """How a name is written; a greater `weight` is placed first."""

    size_mm: float
    colour: Colour
    halo: Colour
    placing: Placing
    weight: int
    bold: bool = True
    must: bool = False  # written even where there is little room
    shorter: str = ""  # what is written of a line where the whole does not fit
    aside_mm: float = 0.0  # how far beside a line its text runs, or around a point it begins


@dataclass(frozen=True, slots=True)
class Drawn:
    """What to draw of a feature (nothing without paints), and which line of the legend says so."""

    entry: int
    paints: tuple[Paint, ...]
    text: str = ""
    lettering: Lettering | None = None
    mark: str = ""
    """The SVG that stands at a point in place of the paints (layers.printing.marks)."""


type Style = Callable[[Properties, bool], Drawn]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a style depends on besides the feature."""

    layer: Layer
    scale: int
    labels_from: int = 0
    """The smallest scale with labels where it is another than the layer says."""

    def at_least(self, detail: str) -> bool:
        nearest = next((name for limit, name in DETAILS if self.scale <= limit), "far")
        return RANKS.index(nearest) >= RANKS.index(detail)

    def mm(self, metres: float) -> float:
        return metres * 1000 / self.scale


def layer_style(layer: Layer, scale: int, labels_from: int = 0) -> Style:
    """The style of a layer at a scale: takes a feature's columns and whether it lies on a photo.

    `labels_from` is the smallest scale with labels where it is another than the layer says.
    """
    scene = Scene(layer, scale, labels_from)
    recipe = RECIPES.get(layer.slug)
    if recipe is None:
        return add_marks(scene, from_legend(scene))
    plain, on_photo = recipe(scene, LIGHT), recipe(scene, PHOTO)
    return lambda properties, photo: (on_photo if photo else plain)(properties)


def add_marks(scene: Scene, style: Style) -> Style:
    """With the drawings of the layer's app from near, as on the screen."""
    marks = MARKS.find(scene.layer.slug)
    if marks is None or not scene.at_least("parcel"):
        return style

    def with_mark(properties: Properties, on_photo: bool) -> Drawn:
        drawn = style(properties, on_photo)
        return replace(drawn, mark=marks.draw(properties)) if drawn.paints else drawn

    return with_mark


def columns_for(layer: Layer) -> set[str]:
    """The columns that the style reads, as far as the layer has them."""
    columns = {"name", "code", "number", "kind", "width_m", "suffix", layer.title_field}
    marks = MARKS.find(layer.slug)
    return columns | columns_used(layer) | (marks.columns if marks else frozenset())


def text_of(properties: Properties, *names: str) -> str:
    return next((str(properties[name]) for name in names if properties.get(name) not in (None, "")), "")


# -- the layers that every installation has ---------------------------------------------------------------------------

type Plain = Callable[[Properties], Drawn]


def communes(scene: Scene, colours: Palette) -> Plain:
    width = 1.6 if scene.at_least("section") else 1.1
    paints = (
        Paint(0, stroke=colours.commune_band, width_mm=7 * PX_MM),
        Paint(1, stroke=colours.commune, width_mm=width * PX_MM, dash_mm=dashes(9, 4, 2, 4)),
    )
    with_names = not scene.at_least("section")
    size = 14 if scene.at_least("area") else 12.5
    lettering = Lettering(size * TEXT_MM, colours.commune, colours.halo, "inside", 5, must=True) if with_names else None
    return lambda properties: Drawn(0, paints, text_of(properties, "name"), lettering)


def sections(scene: Scene, colours: Palette) -> Plain:
    near, bold = scene.at_least("parcel"), scene.at_least("section")
    width = 2.6 if near else 1.7 if bold else 0.8
    paints = (Paint(0, stroke=colours.section if bold and not near else colours.section_soft, width_mm=width * PX_MM),)
    # Nobody can ask the paper which section a parcel's number belongs to: unlike on screen it stands there from near.
    ink = replace_alpha(colours.section, 0.55 if colours is LIGHT else 0.9) if near else colours.section
    halo = replace_alpha(colours.halo, 0.5) if near else colours.halo
    lettering = Lettering(17 * TEXT_MM, ink, halo, "inside", 4, must=True) if bold else None
    return lambda properties: Drawn(0, paints, text_of(properties, "code"), lettering)


def parcels(scene: Scene, colours: Palette) -> Plain:
    near, photo = scene.at_least("parcel"), colours.parcel_halo is not None
    far_width = 0.7 if photo else 0.55 if scene.at_least("section") else 0.45
    near_width = 1.2 if photo else 0.9
    ink = colours.parcel if scene.at_least("section") else colours.parcel_far
    outline = Paint(1, stroke=ink, width_mm=(near_width if near else far_width) * PX_MM)
    halo = Paint(0, stroke=colours.parcel_halo, width_mm=2.6 * PX_MM)
    paints = (halo, outline) if photo and near else (outline,)
    lettering = Lettering(11 * TEXT_MM, colours.label, colours.halo, "inside", 2) if near else None
    title = scene.layer.title_field
    # The plan says 12 where the register says 0012.
    return lambda properties: Drawn(
        0, paints, re.sub(r"^0+(?=\d)", "", text_of(properties, "number", title)), lettering
    )


def buildings(scene: Scene, colours: Palette) -> Plain:
    photo, near = colours.building is None, scene.at_least("parcel")
    width = 1.0 if photo else 0.8 if near else 0.4
    # From further away a photo shows its buildings better than their outlines, which would hide the parcels.
    stroke = colours.building_line if scene.at_least("parcel" if photo else "section") else None

    def paint(fill: Colour | None, dash: tuple[float, ...] = ()) -> tuple[Paint, ...]:
        return Paint(0, fill=fill), Paint(1, stroke=stroke, width_mm=width * PX_MM, dash_mm=dash)

    solid = paint(colours.building)
    light = paint(None if photo else colours.building_light, dashes(4, 2.5) if near else ())
    legend = scene.layer.legend
    return lambda properties: Drawn(
        line_for(legend, properties) or 0, light if properties.get("kind") == LIGHT_BUILDING else solid
    )


def roads(scene: Scene, colours: Palette) -> Plain:
    photo, layer = colours.parcel_halo is not None, scene.layer
    ink = colours.road if photo else colours.road_casing
    axis = Paint(0, stroke=ink, width_mm=(1.4 if scene.at_least("area") else 0.8) * PX_MM)
    bodies = not photo and scene.at_least("section")
    with_names = scene.at_least("parcel")
    lettering = (
        Lettering(11.5 * TEXT_MM, colours.label_soft, colours.halo, "along", 3, bold=False) if with_names else None
    )

    def body(properties: Properties) -> tuple[Paint, ...]:
        width = road_mm(scene, properties)
        return (
            Paint(0, stroke=colours.road_casing, width_mm=width + 1.6 * PX_MM, round_ends=True),
            Paint(1, stroke=colours.road, width_mm=width, round_ends=True),
        )

    return lambda properties: Drawn(
        line_for(layer.legend, properties) or 0,
        body(properties) if bodies else (axis,),
        text_of(properties, "name", layer.title_field),
        lettering,
    )


def road_mm(scene: Scene, properties: Properties) -> float:
    """How wide a road's surface is on paper: as it is, or as its kind lets guess, never too thin to be seen."""
    text = f"{text_of(properties, 'kind')} {text_of(properties, 'name')}"
    guess = next((metres for pattern, metres in ROAD_METRES if pattern.search(text)), 5.5)
    metres = float(properties.get("width_m") or guess)
    least = (2.0 if metres > 6 else 1.1) * PX_MM
    return round(max(least, min(scene.mm(metres), WIDEST_ROAD_MM * 4)), 1)


def addresses(scene: Scene, colours: Palette) -> Plain:
    near = scene.at_least("address")
    radius = (2.2 if near else 1.4) * PX_MM
    dot = (Paint(0, fill=colours.address, stroke=colours.halo, width_mm=1 * PX_MM, radius_mm=radius),)
    lettering = Lettering(10.5 * TEXT_MM, colours.address, colours.halo, "above", 1, bold=False) if near else None
    title = scene.layer.title_field

    def text(properties: Properties) -> str:
        number = text_of(properties, "house_number", "number")
        return f"{number} {text_of(properties, 'suffix')}".strip() if number else text_of(properties, title)

    return lambda properties: Drawn(0, dot, text(properties), lettering)


RECIPES: dict[str, Callable[[Scene, Palette], Plain]] = {
    "communes": communes,
    "sections": sections,
    "parcels": parcels,
    "buildings": buildings,
    "roads": roads,
    "addresses": addresses,
}


# -- any other layer: as its legend says ------------------------------------------------------------------------------


def from_legend(scene: Scene) -> Style:
    """Each line's symbol for the features that it draws; a neutral one where the legend has no line."""
    layer = scene.layer
    lines = {number: line["symbol"] for number, line in enumerate(layer.legend)} or {WHOLE: NEUTRAL_SYMBOL}
    paints = {
        (number, photo): symbol_paints(symbol, photo) for number, symbol in lines.items() for photo in (False, True)
    }
    parts, entries = label_parts(layer), first_alike(layer.legend)
    letterings = [label_lettering(scene, palette) for palette in (LIGHT, PHOTO)]

    def style(properties: Properties, on_photo: bool) -> Drawn:
        number = line_for(layer.legend, properties) if layer.legend else WHOLE
        if number is None:
            return Drawn(WHOLE, ())
        lettering, text = letterings[on_photo], ""
        if lettering:
            text = join_parts(parts, properties)
            if len(parts) > 1:
                lettering = replace(lettering, shorter=join_parts(parts[:1], properties))
        entry = entries[number] if layer.legend else number
        return Drawn(entry, paints[number, on_photo], text, lettering)

    return style


def label_lettering(scene: Scene, colours: Palette) -> Lettering | None:
    """How a layer's labels are written at this scale, None where they are not."""
    labels = scene.layer.labels
    if not labels or scene.scale > (scene.labels_from or labels.get("from_scale") or scene.scale):
        return None
    own = colour(labels["colour"]) if labels.get("colour") else None
    placings: dict[str, Placing] = {"line": "along", "point": "above"}
    return Lettering(
        labels.get("size", USUAL_LABEL_PX) * TEXT_MM,
        own or colours.label,
        casing(own) if own else colours.halo,
        placings.get(scene.layer.geometry_type, "inside"),
        weight=USUAL_WEIGHT + labels.get("priority", USUAL_PRIORITY) - USUAL_PRIORITY,
        bold=bool(labels.get("bold", False)),
    )


def symbol_paints(symbol: Mapping[str, Any], on_photo: bool = False) -> tuple[Paint, ...]:
    """A legend's symbol on paper: fill and stroke apart, so that outlines lie on the fills of all neighbours.

    On a photo a casing around it tells it from any ground.
    """
    kind = symbol.get("kind")
    fill, stroke = (colour(symbol[name]) if symbol.get(name) else None for name in ("fill", "stroke"))
    width = float(symbol.get("stroke_width") or 1.2) * PX_MM
    marker: dict[str, Any] = {
        "radius_mm": (symbol.get("radius") or 4) * PX_MM,
        "shape": symbol.get("shape") or "circle",
    }
    ink = fill if kind == "circle" and fill else stroke or LIGHT.accent
    cased = on_photo and (kind == "circle" or stroke is not None)
    around = Paint(0, stroke=casing(ink) if cased else None, width_mm=width + CASING_PX * PX_MM, **marker)
    body = Paint(1, fill=fill or (LIGHT.accent if kind == "circle" and stroke is None else None), **marker)
    line = Paint(3, stroke=stroke, width_mm=width, dash_mm=dashes(*(symbol.get("dash") or ())), **marker)
    return around, body, *hatch_paints(symbol), line


def hatch_paints(symbol: Mapping[str, Any]) -> tuple[Paint, ...]:
    hatch = symbol.get("hatch")
    if not hatch:
        return ()
    return (
        Paint(
            2,
            stroke=colour(hatch["colour"]),
            width_mm=hatch["width"] * PX_MM,
            hatch=hatch_angles(hatch),
            spacing_mm=hatch["spacing"] * PX_MM,
        ),
    )


def casing(ink: Colour) -> Colour:
    """What stands around a colour on a photo: pale around a dark one, dark around a pale one."""
    return colour("rgba(10,18,20,0.6)" if luminance(ink) > 0.4 else "rgba(255,255,255,0.8)")


def luminance(ink: Colour) -> float:
    """Relative luminance (WCAG)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in ink[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def dashes(*pixels: float) -> tuple[float, ...]:
    """Dashes and gaps in millimetres; none where they would not move on."""
    return tuple(pixel * PX_MM for pixel in pixels) if sum(pixels) > 0 else ()


def replace_alpha(ink: Colour, alpha: float) -> Colour:
    return Colour(ink.red, ink.green, ink.blue, alpha)


def fade_drawn(drawn: Drawn, opacity: float) -> Drawn:
    """The same, with names as pale as the layer."""
    if opacity >= 1 or drawn.lettering is None:
        return drawn
    ink = drawn.lettering.colour
    return replace(drawn, lettering=replace(drawn.lettering, colour=replace_alpha(ink, ink.alpha * opacity)))


def label_of(layer: Layer, entry: int) -> str:
    """What the legend says of one of its lines."""
    if not 0 <= entry < len(layer.legend):
        return str(layer)
    line = layer.legend[entry]
    return in_language(line["label"], line.get("label_en", ""))
