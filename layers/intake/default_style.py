"""How a new layer looks until somebody decides otherwise."""

from hashlib import blake2s
from typing import Any

from django.utils.translation import gettext as _

# Told apart over a photo and over the plain background, by people who see colours otherwise too.
COLOURS = ("#0b5c6b", "#a3541a", "#5b3f8c", "#2e6b3e", "#a4262c", "#7a5c00", "#1f6fb2", "#8c3f6e")
# From how many rows on a layer begins at a larger scale: (rows, smallest zoom).
ZOOMS = ((2_000, 6), (20_000, 10), (200_000, 12))
DEEP = 14


def legend_for(geometry: str, slug: str) -> list[dict[str, Any]]:
    """One symbol, its colour chosen by the layer's name."""
    colour = COLOURS[blake2s(slug.encode()).digest()[0] % len(COLOURS)]
    symbols: dict[str, dict[str, Any]] = {
        "point": {"kind": "circle", "fill": colour, "stroke": "#ffffff", "stroke_width": 1.5, "radius": 5},
        "line": {"kind": "line", "fill": None, "stroke": colour, "stroke_width": 2, "dash": None},
        "polygon": {"kind": "fill", "fill": f"{colour}33", "stroke": colour, "stroke_width": 1.2, "dash": None},
    }
    return [{"label": _("Object"), "label_en": "", "where": {}, "symbol": symbols[geometry]}]


def zoom_for(geometry: str, count: int) -> int:
    """The zoom from which so many rows are drawn."""
    return next((zoom for most, zoom in ZOOMS if count <= most), DEEP)
