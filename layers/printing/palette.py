"""Colours of printed maps: those of the web map's light theme, and of its photos (webmap/src/map/palette.ts)."""

import re
from dataclasses import dataclass
from typing import NamedTuple

RGBA = re.compile(r"rgba\((\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)")


class Colour(NamedTuple):
    """Red, green, blue and opacity, each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0


def colour(text: str) -> Colour:
    """A colour of a legend or of the web map: `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa` or `rgba(…)`."""
    if match := RGBA.fullmatch(text):
        red, green, blue = (int(part) / 255 for part in match.groups()[:3])
        return Colour(red, green, blue, float(match[4]))
    digits = text.removeprefix("#")
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    return Colour(*(int(digits[place : place + 2], 16) / 255 for place in range(0, len(digits), 2)))


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of what the platform itself draws; `parcel_halo` and `building` tell a photo from plain paper."""

    parcel: Colour
    parcel_far: Colour
    parcel_halo: Colour | None
    building: Colour | None
    building_light: Colour
    building_line: Colour
    road: Colour
    road_casing: Colour
    section: Colour
    section_soft: Colour
    commune: Colour
    commune_band: Colour
    address: Colour
    label: Colour
    label_soft: Colour
    halo: Colour
    accent: Colour


LIGHT = Palette(
    parcel=colour("#5C6B64"),
    parcel_far=colour("rgba(92,107,100,0.26)"),
    parcel_halo=None,
    building=colour("#DCD3C5"),
    building_light=colour("#E8E1D6"),
    building_line=colour("#B3A794"),
    road=colour("#FFFFFF"),
    road_casing=colour("#CFC8BA"),
    section=colour("#3E4F4A"),
    section_soft=colour("rgba(62,79,74,0.42)"),
    commune=colour("#6A5B73"),
    commune_band=colour("rgba(106,91,115,0.13)"),
    address=colour("#8A5A00"),
    label=colour("#33413C"),
    label_soft=colour("#5A6761"),
    halo=colour("rgba(248,246,240,0.92)"),
    accent=colour("#0B5C6B"),
)
PHOTO = Palette(
    parcel=colour("#FFFFFF"),
    parcel_far=colour("rgba(255,255,255,0.6)"),
    parcel_halo=colour("rgba(10,18,20,0.4)"),
    building=None,
    building_light=LIGHT.building_light,
    building_line=colour("rgba(255,255,255,0.85)"),
    road=colour("rgba(255,255,255,0.45)"),
    road_casing=colour("rgba(10,18,20,0.35)"),
    section=colour("#FFFFFF"),
    section_soft=colour("rgba(255,255,255,0.6)"),
    commune=colour("#F3E6FA"),
    commune_band=colour("rgba(10,18,20,0.35)"),
    address=colour("#FFE2A6"),
    label=colour("#FFFFFF"),
    label_soft=colour("#FFFFFF"),
    halo=colour("rgba(10,18,20,0.75)"),
    accent=LIGHT.accent,
)

WHITE = colour("#FFFFFF")
INK = colour("#1B2A2F")
INK_SOFT = colour("#4D5D61")
LINE = colour("#B9C0BB")
PHOTO_CHIP = colour("#66705F")  # behind the symbols of a legend that lie on a photo
