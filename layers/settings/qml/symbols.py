"""Symbols of QGIS as those of a legend: colours and widths taken, the rest told in words."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from layers.catalogue.legend import HATCHED
from layers.catalogue.validators import HATCH_LIMITS

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
PATTERNS = ("PointPatternFill", "SVGFill", "RasterFill", "RandomMarkerFill")
BRUSHES: dict[str, tuple[float, float, bool]] = {
    "horizontal": (0, 8, False),
    "vertical": (90, 8, False),
    "cross": (0, 8, True),
    "b_diagonal": (45, 5.66, False),
    "f_diagonal": (135, 5.66, False),
    "diagonal_x": (45, 5.66, True),
}
"""The hatches of a simple fill: their angle, their spacing in pixels, whether they cross."""
BRUSH_WIDTH = 1.0
RIGHT_ANGLE = 1.0  # how many degrees it may miss
GROUND_UNITS = 1.5  # pixels, where a width is given in metres on the ground

Symbol = dict[str, Any]


class Warnings:
    """What could not be taken, each thing once."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        if text not in self.texts:
            self.texts.append(text)


def symbol_of(element: Element, opacity: float, warnings: Warnings) -> Symbol:
    """A symbol of a legend; `opacity` is that of the layer."""
    kind = KINDS[element.get("type", "")]
    opacity *= number(element.get("alpha"), 1.0)
    parts = [(layer.get("class", ""), properties(layer), layer) for layer in iterate_enabled(element)]
    if any(is_driven(layer) for _kind, _given, layer in parts):
        warnings.add(
            _("Properties that depend on the data (size, colour, rotation…) are as the symbol says without them.")
        )
    made = {"fill": fill_symbol, "line": line_symbol, "circle": marker_symbol}[kind](parts, opacity, warnings)
    return {"kind": kind, **made}


type Parts = list[tuple[str, dict[str, str], Element]]


def iterate_enabled(symbol: Element) -> Iterator[Element]:
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


def fill_symbol(parts: Parts, opacity: float, warnings: Warnings) -> Symbol:
    fill: str | None = None
    pale: str | None = None
    lines: list[Symbol] = []
    hatches: list[Symbol] = []
    for kind, given, layer in parts:
        if kind == "SimpleFill":
            fill = simple_fill(given, opacity) or fill
            hatches += brush(given, opacity)
            pale = pale or dense(given, opacity, warnings)
            lines += outline(given, "outline", opacity, warnings)
        elif kind == "SimpleLine":
            lines += outline(given, "line", opacity, warnings)
        elif kind == "LinePatternFill" and (pattern := line_pattern(layer, given, opacity, warnings)):
            hatches.append(pattern)
        elif kind in (*PATTERNS, "LinePatternFill"):
            warnings.add(_("Patterns of marks are a pale plain colour here, or are left out beside a hatch."))
            pale = pale or marks_colour(layer, given, opacity)
        else:
            warnings.add(_("“%(kind)s” is left out of a symbol.") % {"kind": kind})
    hatch = one_hatch(hatches, warnings)
    if hatch:
        return {"fill": fill, "hatch": hatch, **topmost(lines, warnings)}
    return {"fill": fill or pale, **topmost(lines, warnings)}


def simple_fill(given: dict[str, str], opacity: float) -> str | None:
    return colour(given.get("color"), opacity) if given.get("style", "solid") == "solid" else None


def brush(given: dict[str, str], opacity: float) -> list[Symbol]:
    """The hatch that a simple fill is drawn with."""
    ink = colour(given.get("color"), opacity)
    if given.get("style") not in BRUSHES or not ink:
        return []
    angle, spacing, cross = BRUSHES[given["style"]]
    return [{"colour": ink, "angle": angle, "spacing": spacing, "width": BRUSH_WIDTH, "cross": cross}]


def dense(given: dict[str, str], opacity: float, warnings: Warnings) -> str | None:
    """The pale colour that stands for a fill of dots."""
    if given.get("style", "solid") in ("solid", "no", *BRUSHES):
        return None
    warnings.add(_("Patterns of marks are a pale plain colour here, or are left out beside a hatch."))
    return colour(given.get("color"), opacity * HATCHED)


def marks_colour(layer: Element, given: dict[str, str], opacity: float) -> str | None:
    """The colour of a pattern's own marks, pale."""
    inner = layer.find("symbol/layer")
    marks = properties(inner) if inner is not None else given
    ink = marks.get("line_color") or marks.get("color") or given.get("color")
    return colour(ink, opacity * HATCHED)


def line_pattern(layer: Element, given: dict[str, str], opacity: float, warnings: Warnings) -> Symbol | None:
    """The hatch that a pattern of plain lines is; None for a pattern of other lines."""
    symbol = layer.find("symbol")
    if symbol is None:
        return None
    drawn = [properties(one) for one in iterate_enabled(symbol) if one.get("class") == "SimpleLine"]
    if not drawn:
        return None
    (line,) = outline(drawn[-1], "line", opacity * number(symbol.get("alpha"), 1.0), warnings) or [{}]
    if not line.get("stroke"):
        return None
    if line["dash"]:
        warnings.add(_("The dashes of a hatch are plain lines here."))
    spacing = pixels(given.get("distance"), given.get("distance_unit"), warnings)
    return {
        "colour": line["stroke"],
        "angle": round(number(given.get("angle") or given.get("lineangle"), 45) % 180, 1),
        "spacing": within(spacing, "spacing"),
        "width": within(line["stroke_width"], "width"),
        "cross": False,
    }


def within(value: float, name: str) -> float:
    least, most = HATCH_LIMITS[name]
    return min(max(value, least), most)


def one_hatch(hatches: list[Symbol], warnings: Warnings) -> Symbol | None:
    """The first of some hatches, crossed where another one like it lies across."""
    if not hatches:
        return None
    first, *others = hatches
    across = [one for one in others if crosses(first, one)]
    if len(others) > len(across[:1]):
        warnings.add(_("Of several hatches over each other the first is taken, with the one that crosses it."))
    return {**first, "cross": True, "angle": first["angle"] % 90} if across else first


def crosses(one: Symbol, other: Symbol) -> bool:
    """Whether two hatches are alike and at right angles."""
    alike = all(one[name] == other[name] for name in ("colour", "spacing", "width", "cross"))
    return alike and abs(abs(one["angle"] - other["angle"]) - 90) <= RIGHT_ANGLE


def line_symbol(parts: Parts, opacity: float, warnings: Warnings) -> Symbol:
    lines: list[Symbol] = []
    for kind, given, layer in parts:
        if kind == "SimpleLine":
            lines += outline(given, "line", opacity, warnings)
        else:
            warnings.add(
                _("Marks and hatches along a line are dots of their colour here, where no plain line is with them.")
            )
            lines = lines or dot_symbol(layer, opacity)
    return {"fill": None, **topmost(lines, warnings)}


def dot_symbol(layer: Element, opacity: float) -> list[Symbol]:
    inner = layer.find("symbol/layer")
    marks = properties(inner) if inner is not None else {}
    ink = colour(marks.get("line_color") or marks.get("color"), opacity) or "#4d5d61"
    return [{"stroke": ink, "stroke_width": 2.0, "dash": [2.0, 4.0]}]


def topmost(lines: list[Symbol], warnings: Warnings) -> Symbol:
    if len(lines) > 1:
        warnings.add(_("Of several lines over each other the topmost is taken."))
    return lines[-1] if lines else {"stroke": None, "stroke_width": 1.0, "dash": None}


def outline(given: dict[str, str], name: str, opacity: float, warnings: Warnings) -> list[Symbol]:
    """A line or an outline: one, or none where it is not drawn."""
    style = given.get(f"{name}_style", "solid")
    if style == "no":
        return []
    width = pixels(given.get(f"{name}_width"), given.get(f"{name}_width_unit"), warnings)
    dash: list[float] | None = [float(part) for part in DASHES.get(style, [])] or None
    if given.get("use_custom_dash") == "1":
        parts = [
            pixels(part, given.get("customdash_unit"), warnings) for part in given.get("customdash", "").split(";")
        ]
        dash = [max(part, 0.5) for part in parts] or None
    return [{"stroke": colour(given.get(f"{name}_color"), opacity), "stroke_width": width or 1.0, "dash": dash}]


def marker_symbol(parts: Parts, opacity: float, warnings: Warnings) -> Symbol:
    if not parts:
        return {"fill": None, "stroke": None, "stroke_width": 1.0, "radius": 4.0, "shape": "circle"}
    if len(parts) > 1:
        warnings.add(_("Of several marks over each other the largest is taken."))
    kind, given, _layer = max(parts, key=lambda part: pixels(part[1].get("size"), part[1].get("size_unit"), Warnings()))
    if kind != "SimpleMarker":
        warnings.add(_("Marks drawn from a font, an SVG or an image are circles of their size and colour here."))
    name = given.get("name", "circle") if kind == "SimpleMarker" else "circle"
    if name not in SHAPES:
        warnings.add(_("The shape “%(name)s” is a circle here.") % {"name": name})
    (line,) = outline(given, "outline", opacity, warnings) or [{"stroke": None, "stroke_width": 1.0}]
    size = pixels(given.get("size"), given.get("size_unit"), warnings) or 8.0
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


def pixels(text: str | None, unit: str | None, warnings: Warnings) -> float:
    """A length in pixels of the screen; those in metres on the ground have none."""
    length = number(text, 0.0)
    unit = unit or "MM"
    if unit not in PIXELS:
        warnings.add(_("Widths and sizes in metres on the ground are fixed on the screen here."))
        return GROUND_UNITS if length else 0.0
    return min(round(length * PIXELS[unit], 2), 100.0)


def number(text: str | None, otherwise: float) -> float:
    try:
        value = float(text) if text else otherwise
    except ValueError:
        return otherwise
    return value if abs(value) < 1e12 else otherwise
