"""Layers on a paper that is read in the street."""

from typing import Any

from layers.printing.enlarging import enlarge_style
from layers.printing.order import Wanted
from layers.printing.palette import INK, WHITE, colour
from layers.printing.symbols import Drawn, Lettering, Paint

BLUE = colour("#1f6fb2")


def style(_properties: Any, _on_photo: bool) -> Drawn:
    lettering = Lettering(2.0, BLUE, WHITE, "along", 5)
    return Drawn(0, (Paint(0, stroke=BLUE, width_mm=1.0),), "C100", lettering)


def test_symbols_and_texts_are_larger_and_texts_dark() -> None:
    drawn = enlarge_style(style, Wanted("pipes", symbol_scale=1.5, text_scale=2.0, aside_mm=3.0))({}, False)
    assert drawn.lettering is not None
    assert (drawn.paints[0].width_mm, drawn.lettering.size_mm, drawn.lettering.aside_mm) == (1.5, 4.0, 3.0)
    assert (drawn.lettering.colour, drawn.text) == (INK, "C100")


def test_without_a_size_of_texts_there_are_none() -> None:
    drawn = enlarge_style(style, Wanted("pipes", text_scale=0.0))({}, False)
    assert (drawn.text, drawn.lettering) == ("", None)


def test_another_legend_leaves_the_colour_of_labels() -> None:
    drawn = enlarge_style(style, Wanted("pipes", legend="material"))({}, False)
    assert drawn.lettering is not None
    assert drawn.lettering.colour == BLUE
