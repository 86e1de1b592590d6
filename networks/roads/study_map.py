"""The map of a coverage study: an SVG in millimetres of paper, for the page and for the PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from layers.features.display import display_number

WIDTH_MM: Final = 182.0
TALLEST_MM: Final = 150.0
MARGIN_MM: Final = 6.0
SIMPLE_MM: Final = 0.08
BARS: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
MOST_ROADS: Final = 20_000
MOST_SITES: Final = 5_000

# Written on each thing: WeasyPrint gives what lies within an SVG no style of the page around it.
STYLES: Final = {
    "land": 'fill="#fbfaf7"',
    "zone": 'fill="#7fb8c2" fill-opacity="0.55" stroke="#0b5c6b" stroke-width="0.2"',
    "road": 'fill="none" stroke="#8d8d8d" stroke-width="0.18"',
    "limit": 'fill="none" stroke="#1b2a2f" stroke-width="0.3"',
    "site": 'fill="#a4262c" stroke="#fff" stroke-width="0.2"',
    "halo": 'font-family="Arpent" font-size="2.7" text-anchor="middle" fill="#fff" stroke="#fff" stroke-width="0.6"',
    "name": 'font-family="Arpent" font-size="2.7" text-anchor="middle" fill="#1b2a2f"',
    "bar": 'fill="none" stroke="#1b2a2f" stroke-width="0.4"',
}
CLASS: Final = re.compile(r'class="(' + "|".join(STYLES) + ')"')


class Frame:
    """From metres (EPSG:2154) to millimetres on the drawing; the drawing is as tall as the communes want it."""

    def __init__(self, bounds: Sequence[float]) -> None:
        west, south, east, north = bounds
        self.scale = min((WIDTH_MM - 2 * MARGIN_MM) / max(east - west, 1.0),
                         (TALLEST_MM - 2 * MARGIN_MM) / max(north - south, 1.0))  # fmt: skip
        self.height = round((north - south) * self.scale + 2 * MARGIN_MM, 1)
        self.origin = np.array([(west + east) / 2 - WIDTH_MM / 2 / self.scale, north + MARGIN_MM / self.scale])

    def place_shapes(self, shapes: Any) -> Any:
        """The same shapes on the drawing, without what one would not see there."""
        moved = shapely.transform(shapes, lambda xy: (xy - self.origin) * np.array([self.scale, -self.scale]))
        return shapely.simplify(moved, SIMPLE_MM)


def background(communes: Sequence[tuple[str, Any]], roads: Any) -> dict[str, Any]:
    """What every map of a study shares: communes (name, surface), lines of road, the most important first, names; its
    bounds in metres; how many roads are too many to be drawn.
    """
    surfaces = np.array([surface for _name, surface in communes], dtype=object)
    bounds = [float(one) for one in shapely.total_bounds(surfaces)]
    frame = Frame(bounds)
    placed = frame.place_shapes(surfaces)
    return {
        "bounds": bounds,
        "land": path(placed, 'class="land"'),
        "lines": path(frame.place_shapes(roads[:MOST_ROADS]), 'class="road"') + path(placed, 'class="limit"'),
        "words": "".join((*names(communes, placed), scale_bar(frame))),
        "left_out": max(0, len(roads) - MOST_ROADS),
    }


def zone_on(ground: Mapping[str, Any], zone: Any) -> str:
    """What is covered, on that background."""
    frame = Frame(ground["bounds"])
    return path(
        shapely.intersection(frame.place_shapes(zone), shapely.box(0, 0, WIDTH_MM, frame.height)), 'class="zone"'
    )


class Drawing(NamedTuple):
    """A map, and what is left out of it, in words."""

    svg: str
    left_out: list[str]


def drawing(ground: Mapping[str, Any], zone: str, sites: Any) -> Drawing:
    """The background, what is covered, the points that cover it."""
    drawn = sites[:: -(-len(sites) // MOST_SITES) or 1]
    parts = []
    if count := ground.get("left_out", 0):
        message = ngettext(
            "%(count)s section of road, of the least important, is not drawn; it is counted.",
            "%(count)s sections of road, the least important, are not drawn; they are counted.",
            count,
        )
        parts.append(message % {"count": display_number(count, 0)})
    if len(drawn) < len(sites):
        message = _("%(count)s of the %(all)s points are drawn, all over the territory; all of them count.")
        parts.append(message % {"count": display_number(len(drawn), 0), "all": display_number(len(sites), 0)})
    return Drawing(picture(ground, zone, drawn), parts)


def picture(ground: Mapping[str, Any], zone: str, sites: Any) -> str:
    frame = Frame(ground["bounds"])
    seen = shapely.get_coordinates(frame.place_shapes(sites))
    dots = "".join(f'<circle class="site" cx="{x:.2f}" cy="{y:.2f}" r="0.8"/>' for x, y in seen if on(x, y, frame))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="study-map" viewBox="0 0 {WIDTH_MM} {frame.height}"'
    body = ground["land"] + zone + ground["lines"] + dots + ground["words"]
    style = CLASS.sub(lambda match: STYLES[match[1]], body)
    return f'{head} role="img" aria-hidden="true">{style}</svg>'


def on(x: float, y: float, frame: Frame) -> bool:
    return bool(0 <= x <= WIDTH_MM and 0 <= y <= frame.height)


def path(shapes: Any, style: str) -> str:
    """Lines and rings as one path."""
    parts = shapely.get_parts(shapes)
    rings = shapely.get_rings(parts)
    lines = parts[np.isin(shapely.get_type_id(parts), (1, 2))]
    text = "".join(
        "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in shapely.get_coordinates(one)) for one in (*rings, *lines)
    )
    return f'<path {style} fill-rule="evenodd" d="{text}"/>' if text else ""


def names(communes: Sequence[tuple[str, Any]], placed: Any) -> list[str]:
    """The names of communes that are wide enough for them."""
    parts = []
    for (name, _surface), surface in zip(communes, placed, strict=True):
        west, _south, east, _north = shapely.bounds(surface)
        if east - west > len(name) * 1.5:
            spot = shapely.point_on_surface(surface)
            parts.append(text_at(spot.x, spot.y, str(name)))
    return parts


def text_at(x: float, y: float, text: str) -> str:
    """Readable on anything: the white around them is drawn first, as not everybody knows `paint-order`."""
    return "".join(f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>' for style in ("halo", "name"))


def scale_bar(frame: Frame) -> str:
    metres = max((one for one in BARS if one * frame.scale <= 45), default=BARS[0])
    length = metres * frame.scale
    y = frame.height - 3
    caption = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    bar = f'<path class="bar" d="M4 {y - 1.5:.1f}V{y:.1f}H{4 + length:.2f}V{y - 1.5:.1f}"/>'
    return bar + text_at(4 + length / 2, y - 2, caption)
