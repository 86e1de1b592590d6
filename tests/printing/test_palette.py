"""Paper has the colours of the screen: the palettes of the web map and of prints say the same."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from layers.printing.palette import LIGHT, PHOTO, Palette, colour

SOURCE = (Path(__file__).parents[2] / "webmap" / "src" / "map" / "palette.ts").read_text()


def of_the_web_map(name: str) -> dict[str, str]:
    """The colours of one of the web map's palettes, by the names they have here."""
    body = re.search(rf"const {name}: Palette = {{(.*?)}};", SOURCE, re.DOTALL)
    assert body
    found = re.findall(r'(\w+): (?:"([^"]+)"|null)', body[1])
    return {re.sub(r"[A-Z]", lambda capital: "_" + capital[0].lower(), name): text for name, text in found}


@pytest.mark.parametrize(("palette", "name"), [(LIGHT, "LIGHT"), (PHOTO, "PHOTO")])
def test_prints_have_the_colours_of_the_web_map(palette: Palette, name: str) -> None:
    known = of_the_web_map("LIGHT") | of_the_web_map(name)
    ours = {field.name: getattr(palette, field.name) for field in fields(palette)}
    assert ours == {name: colour(known[name]) if known[name] else None for name in ours}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("#fff", (1, 1, 1, 1)), ("#00f8", (0, 0, 1, 0x88 / 255)), ("#ff000080", (1, 0, 0, 128 / 255))],
)
def test_every_way_to_write_a_colour_is_read(text: str, expected: tuple[float, ...]) -> None:
    assert colour(text) == pytest.approx(expected)
