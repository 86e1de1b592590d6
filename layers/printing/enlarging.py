"""A layer on a paper that is read in the street: larger symbols, and larger texts that are dark on pale."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from layers.printing.order import Wanted
from layers.printing.palette import INK, WHITE
from layers.printing.symbols import Drawn, Paint, Style


def enlarge_style(style: Style, wanted: Wanted) -> Style:
    """The style with the sizes that were wanted; the style itself where the usual ones were."""
    if (wanted.symbol_scale, wanted.text_scale, wanted.aside_mm) == (1.0, 1.0, 0.0):
        return style

    def enlarged(properties: Mapping[str, Any], on_photo: bool) -> Drawn:
        return enlarge_drawn(style(properties, on_photo), wanted)

    return enlarged


def enlarge_drawn(drawn: Drawn, wanted: Wanted) -> Drawn:
    """With the sizes that were wanted: of symbols, and of texts, which are dark on pale."""
    lettering, text = drawn.lettering, drawn.text
    if not wanted.text_scale:
        lettering, text = None, ""
    elif lettering is not None:
        radius = max((paint.radius_mm * wanted.symbol_scale for paint in drawn.paints), default=0.0)
        lettering = replace(
            lettering,
            size_mm=lettering.size_mm * wanted.text_scale,
            colour=INK,
            halo=WHITE,
            aside_mm=wanted.aside_mm if lettering.placing == "along" else radius,
        )
    return replace(
        drawn,
        paints=tuple(enlarge_paint(paint, wanted.symbol_scale) for paint in drawn.paints),
        lettering=lettering,
        text=text,
    )


def enlarge_paint(paint: Paint, factor: float) -> Paint:
    return replace(paint, width_mm=paint.width_mm * factor, radius_mm=paint.radius_mm * factor)
