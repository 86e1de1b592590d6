"""Symbols of QGIS as those of a legend: colours and widths taken, the rest told in words."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

PIXELS = {"MM": 96 / 25.4, "Point": 96 / 72, "Pixel": 1.0, "Inch": 96.0}
"""How many pixels of the screen a unit of QGIS is."""
KINDS = {"fill": "fill", "line": "line", "marker": "circle"}
DASHES = {"dash": [6, 3], "dot": [2, 2], "dash dot": [9, 4, 2, 4], "dash dot dot": [9, 4, 2, 4, 2, 4]}
SHAPES = {
    "circle": "circle",
    "square": "square",
    "rectangle": "square",
    "diamond": "diamond",
    "triangle": "triangle",
    "equilateral_triangle": "triangle",
    "star": "star",
    "cross": "cross",
    "cross2": "cross",
    "cross_fill": "cross",
}
HATCHES = ("LinePatternFill", "PointPatternFill", "SVGFill", "RasterFill", "RandomMarkerFill")
HATCHED = 0.25  # opacity of the plain colour that stands for a hatching
GROUND_UNITS = 1.5  # pixels, where a width is given in metres on the ground

Symbol = dict[str, Any]


class Told:
    """What could not be taken, each thing once."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def say(self, words: str) -> None:
        if words not in self.words:
            self.words.append(words)


def symbol_of(found: Element, opacity: float, told: Told) -> Symbol:
    """A symbol of a legend; `opacity` is that of the layer."""
    kind = KINDS[found.get("type", "")]
    opacity *= number(found.get("alpha"), 1.0)
    parts = [(layer.get("class", ""), properties(layer), layer) for layer in enabled(found)]
    if any(is_driven(layer) for _kind, _given, layer in parts):
        told.say(_("Properties that depend on the data (size, colour, rotation…) are as the symbol says without them."))
    made = {"fill": fill_symbol, "line": line_symbol, "circle": marker_symbol}[kind](parts, opacity, told)
    return {"kind": kind, **made}


type Parts = list[tuple[str, dict[str, str], Element]]


def enabled(symbol: Element) -> Iterator[Element]:
    return (layer for layer in symbol.findall("layer") if layer.get("enabled", "1") != "0")


def properties(layer: Element) -> dict[str, str]:
    """Of a symbol layer, in the old and in the new spelling."""
    old = {prop.get("k", ""): prop.get("v", "") for prop in layer.findall("prop")}
    new = {one.get("name", ""): one.get("value", "") for one in layer.findall("Option/Option")}
    return old | new


def is_driven(layer: Element) -> bool:
    driven = layer.find("data_defined_properties")
    if driven is None:
        return False
    return any(one.get("name") == "active" and one.get("value") == "true" for one in driven.iter("Option"))


def fill_symbol(parts: Parts, opacity: float, told: Told) -> Symbol:
    fill: str | None = None
    lines: list[Symbol] = []
    for kind, given, layer in parts:
        if kind == "SimpleFill":
            fill = simple_fill(given, opacity, told) or fill
            lines += outline(given, "outline", opacity, told)
        elif kind == "SimpleLine":
            lines += outline(given, "line", opacity, told)
        elif kind in HATCHES:
            told.say(_("Hatchings and patterns are a pale plain colour here."))
            fill = fill or hatched(layer, given, opacity)
        else:
            told.say(_("“%(kind)s” is left out of a symbol.") % {"kind": kind})
    return {"fill": fill, **topmost(lines, told)}


def simple_fill(given: dict[str, str], opacity: float, told: Told) -> str | None:
    style = given.get("style", "solid")
    if style == "no":
        return None
    if style != "solid":
        told.say(_("Hatchings and patterns are a pale plain colour here."))
        return colour(given.get("color"), opacity * HATCHED)
    return colour(given.get("color"), opacity)


def hatched(layer: Element, given: dict[str, str], opacity: float) -> str | None:
    """The colour of a hatching's own lines or marks, pale."""
    inner = layer.find("symbol/layer")
    marks = properties(inner) if inner is not None else given
    ink = marks.get("line_color") or marks.get("color") or given.get("color")
    return colour(ink, opacity * HATCHED)


def line_symbol(parts: Parts, opacity: float, told: Told) -> Symbol:
    lines: list[Symbol] = []
    for kind, given, layer in parts:
        if kind == "SimpleLine":
            lines += outline(given, "line", opacity, told)
        else:
            told.say(
                _("Marks and hatches along a line are dots of their colour here, where no plain line is with them.")
            )
            lines = lines or dotted(layer, opacity)
    return {"fill": None, **topmost(lines, told)}


def dotted(layer: Element, opacity: float) -> list[Symbol]:
    inner = layer.find("symbol/layer")
    marks = properties(inner) if inner is not None else {}
    ink = colour(marks.get("line_color") or marks.get("color"), opacity) or "#4d5d61"
    return [{"stroke": ink, "stroke_width": 2.0, "dash": [2.0, 4.0]}]


def topmost(lines: list[Symbol], told: Told) -> Symbol:
    if len(lines) > 1:
        told.say(_("Of several lines over each other the topmost is taken."))
    return lines[-1] if lines else {"stroke": None, "stroke_width": 1.0, "dash": None}


def outline(given: dict[str, str], name: str, opacity: float, told: Told) -> list[Symbol]:
    """A line or an outline: one, or none where it is not drawn."""
    style = given.get(f"{name}_style", "solid")
    if style == "no":
        return []
    width = pixels(given.get(f"{name}_width"), given.get(f"{name}_width_unit"), told)
    dash: list[float] | None = [float(part) for part in DASHES.get(style, [])] or None
    if given.get("use_custom_dash") == "1":
        parts = [pixels(part, given.get("customdash_unit"), told) for part in given.get("customdash", "").split(";")]
        dash = [max(part, 0.5) for part in parts] or None
    return [{"stroke": colour(given.get(f"{name}_color"), opacity), "stroke_width": width or 1.0, "dash": dash}]


def marker_symbol(parts: Parts, opacity: float, told: Told) -> Symbol:
    if not parts:
        return {"fill": None, "stroke": None, "stroke_width": 1.0, "radius": 4.0, "shape": "circle"}
    if len(parts) > 1:
        told.say(_("Of several marks over each other the largest is taken."))
    kind, given, _layer = max(parts, key=lambda part: pixels(part[1].get("size"), part[1].get("size_unit"), Told()))
    if kind != "SimpleMarker":
        told.say(_("Marks drawn from a font, an SVG or an image are circles of their size and colour here."))
    name = given.get("name", "circle") if kind == "SimpleMarker" else "circle"
    if name not in SHAPES:
        told.say(_("The shape “%(name)s” is a circle here.") % {"name": name})
    (line,) = outline(given, "outline", opacity, told) or [{"stroke": None, "stroke_width": 1.0}]
    size = pixels(given.get("size"), given.get("size_unit"), told) or 8.0
    return {
        "fill": colour(given.get("color"), opacity),
        "stroke": line["stroke"],
        "stroke_width": line["stroke_width"],
        "radius": min(max(round(size / 2, 1), 1.0), 40.0),
        "shape": SHAPES.get(name, "circle"),
    }


def colour(text: str | None, opacity: float) -> str | None:
    """ "r,g,b,a" with 0 to 255, as QGIS writes it, as #rrggbb or #rrggbbaa; None for what is not to be seen."""
    channels = [number(part, 0) for part in re.split(r"[,\s]+", text or "")[:4]]
    if len(channels) < 3:
        return None
    red, green, blue, alpha = ([*channels, 255.0])[:4]
    alpha = round(min(max(alpha * opacity, 0), 255))
    if alpha == 0:
        return None
    hexes = [f"{round(min(max(one, 0), 255)):02x}" for one in (red, green, blue)]
    return "#" + "".join(hexes) + (f"{alpha:02x}" if alpha < 255 else "")


def pixels(text: str | None, unit: str | None, told: Told) -> float:
    """A length in pixels of the screen; those in metres on the ground have none."""
    length = number(text, 0.0)
    unit = unit or "MM"
    if unit not in PIXELS:
        told.say(_("Widths and sizes in metres on the ground are fixed on the screen here."))
        return GROUND_UNITS if length else 0.0
    return min(round(length * PIXELS[unit], 2), 100.0)


def number(text: str | None, otherwise: float) -> float:
    try:
        found = float(text) if text else otherwise
    except ValueError:
        return otherwise
    return found if abs(found) < 1e12 else otherwise
