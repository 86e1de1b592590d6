"""Drawings that an app gives to the points of its layer on paper: simple SVG as operators of PDF.

Apps give `MARKS` those of their layers; this module knows none. Of SVG it knows what such a drawing is made of: paths,
circles, rectangles and short texts, with a fill and a stroke, in a square of a hundred.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final
from xml.etree import ElementTree

from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path.parser import parse_path
from fontTools.ttLib import TTFont

from gis_core.files.writing.paper import FONTS
from layers.printing.document import BOLD
from layers.printing.palette import colour

SIDE: Final = 100.0
MARK_MM: Final = 5.6
"""How wide a drawing is on paper."""
KAPPA: Final = 0.5523


def place_mark(svg: str, x: float, y: float, width: float = MARK_MM) -> str:
    """The operators that draw it around a place, of a width (millimetres)."""
    scale = width / SIDE
    return f"q {scale:.5f} 0 0 {scale:.5f} {x:.3f} {y:.3f} cm\n{operators_of(svg)}Q"


@lru_cache(maxsize=512)
def operators_of(svg: str) -> str:
    return "".join(shape(one) for one in ElementTree.fromstring(svg))  # noqa: S314 - an app's own


class Operators(BasePen):
    """Writes what is drawn as operators."""

    def __init__(self) -> None:
        super().__init__(lettering().getGlyphSet())  # type: ignore[no-untyped-call]
        self.parts: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(f"{numbers(pt)} m\n")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(f"{numbers(pt)} l\n")

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(f"{numbers(pt1 + pt2 + pt3)} c\n")

    def _closePath(self) -> None:  # noqa: N802
        self.parts.append("h\n")

    def _endPath(self) -> None:  # noqa: N802
        """An open line stays open."""


def numbers(places: tuple[float, ...]) -> str:
    return " ".join(f"{place:.2f}" for place in places)


def ink(text: str) -> str:
    return " ".join(f"{part:.4g}" for part in colour(text)[:3])


def shape(element: ElementTree.Element) -> str:
    """One element, painted."""
    attributes = element.attrib
    fill, stroke = (attributes.get(name, "none") for name in ("fill", "stroke"))
    width = float(attributes.get("stroke-width", 1))
    parts = [f"{int(attributes.get('stroke-linecap') == 'round')} J 1 j"]
    if fill != "none":
        parts.append(f"{ink(fill)} rg")
    if stroke != "none" and width:
        parts.append(f"{ink(stroke)} RG {width:.2f} w [] 0 d")
    filled, stroked = fill != "none", stroke != "none" and width > 0
    if not filled and not stroked:
        return ""
    act = "B" if filled and stroked else "f" if filled else "S"
    pen = Operators()
    # From the drawing's corner downwards to the place in its middle upwards.
    draw(element, TransformPen(pen, (1, 0, 0, -1, -SIDE / 2, SIDE / 2)))
    return f"{' '.join(parts)}\n{''.join(pen.parts)}{act}\n"


def draw(element: ElementTree.Element, pen: Any) -> None:
    attributes = element.attrib
    match element.tag.rpartition("}")[2]:
        case "path":
            parse_path(attributes["d"], pen)
        case "circle":
            x, y, radius = (float(attributes[name]) for name in ("cx", "cy", "r"))
            draw_round_rectangle(pen, x - radius, y - radius, x + radius, y + radius, radius)
        case "rect":
            x, y, width, height = (float(attributes[name]) for name in ("x", "y", "width", "height"))
            draw_round_rectangle(pen, x, y, x + width, y + height, float(attributes.get("rx", 0)))
        case "text":
            write(
                pen, element.text or "", float(attributes["x"]), float(attributes["y"]), float(attributes["font-size"])
            )


def draw_round_rectangle(pen: Any, west: float, north: float, east: float, south: float, radius: float) -> None:
    """A rectangle with round corners; one of nothing but corners is a circle."""
    k = radius * (1 - KAPPA)
    pen.moveTo((west + radius, north))
    pen.lineTo((east - radius, north))
    pen.curveTo((east - k, north), (east, north + k), (east, north + radius))
    pen.lineTo((east, south - radius))
    pen.curveTo((east, south - k), (east - k, south), (east - radius, south))
    pen.lineTo((west + radius, south))
    pen.curveTo((west + k, south), (west, south - k), (west, south - radius))
    pen.lineTo((west, north + radius))
    pen.curveTo((west, north + k), (west + k, north), (west + radius, north))
    pen.closePath()


@lru_cache(maxsize=1)
def lettering() -> Any:
    return TTFont(FONTS / f"atkinson-hyperlegible-next-{BOLD}.ttf")


def glyphs(text: str) -> Iterator[Any]:
    """Of the letters that the font has."""
    glyph_set, names = lettering().getGlyphSet(), lettering().getBestCmap()
    return (glyph_set[names[ord(letter)]] for letter in text if ord(letter) in names)


def write(pen: Any, text: str, middle: float, baseline: float, size: float) -> None:
    """A text around its middle, as outlines."""
    scale = size / lettering()["head"].unitsPerEm
    x = middle - sum(glyph.width for glyph in glyphs(text)) * scale / 2
    for glyph in glyphs(text):
        glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, baseline)))
        x += glyph.width * scale
