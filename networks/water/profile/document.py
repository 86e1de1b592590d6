"""A profile on paper, to scale: as many sheets as it takes, each with its own comparison plane and title block."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.files.writing.paper import typeset
from layers.features.display import display_date
from networks.water.profile.bands import Labels, format_fixed
from networks.water.profile.drawing import KEY_MM, LABELS_MM, RIGHT_MM, Drawing, draw, title
from networks.water.profile.layout import Layout, sheets
from networks.water.profile.points import Profile

STYLES = Path(__file__).parent / "profile.css"
PAPERS = {"A3": (420.0, 297.0), "A4": (297.0, 210.0)}
MARGIN_MM, BLOCK_MM, GUESS_MM = 8.0, 22.0, 90.0
LEAST_DRAWING_MM = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleBlock:
    """What stands in the corner of each sheet, besides scales and number."""

    member: str
    author: str
    network: str
    notes: Sequence[str] = ()


def pdf_of(
    profile: Profile, block: TitleBlock, materials: Labels, *, paper: str, scale: int | None, exaggeration: int
) -> bytes:
    """The PDF file. Raises Invalid where the scale asked for takes too many sheets."""
    made = draw_sheets(profile, materials, paper=paper, scale=scale, exaggeration=exaggeration)
    given = {
        "language": get_language() or "fr",
        "title": title(profile),
        "paper": paper.lower(),
        "block": block,
        "day": display_date(database_clock.today()),
        "length": format_fixed(profile.length_m),
        "accuracies": accuracies(profile),
        "sheets": [sheet(layout, one) for layout, one in made],
    }
    return typeset(render_to_string("water/profile_paper.html", given), STYLES, {})


def draw_sheets(
    profile: Profile, materials: Labels, *, paper: str, scale: int | None, exaggeration: int
) -> list[tuple[Layout, Drawing]]:
    """The sheets: bands are as high as their longest text, and the drawing takes what they leave."""
    wide, tall = PAPERS[paper]
    width = wide - 2 * MARGIN_MM - LABELS_MM - RIGHT_MM
    space = tall - 2 * MARGIN_MM - BLOCK_MM
    bands = GUESS_MM
    while True:
        height = max(space - bands - KEY_MM, LEAST_DRAWING_MM)
        result = sheets(profile, scale=scale, exaggeration=exaggeration, width_mm=width, height_mm=height)
        made = [(layout, draw(profile, layout, materials)) for layout in result]
        needed = max(drawing.height_mm for _layout, drawing in made) - height - KEY_MM
        if needed <= bands or height <= LEAST_DRAWING_MM:
            return [(layout, taller(profile, layout, drawing, space, materials)) for layout, drawing in made]
        bands = needed + 1


def taller(profile: Profile, layout: Layout, drawing: Drawing, space: float, materials: Labels) -> Drawing:
    """The drawing, using what its own bands leave of the sheet."""
    spare = space - drawing.height_mm
    if spare < 1 or layout.height_mm is None:
        return drawing
    return draw(profile, replace(layout, height_mm=layout.height_mm + spare - 0.5), materials)


def sheet(layout: Layout, drawing: Drawing) -> dict[str, Any]:
    return {
        "svg": drawing.svg,
        "reduced": drawing.reduced,
        "along": f"1/{layout.scale}",
        "upwards": f"1/{format_fixed(layout.scale / layout.exaggeration, 0)}",
        "from": format_fixed(layout.from_m, 0),
        "to": format_fixed(layout.to_m, 0),
    }


def accuracies(profile: Profile) -> str:
    """How many pipes are of each class of accuracy in height."""
    names = {"": _("not on record")}
    return ", ".join(f"{names.get(name, name)}\u00a0: {count}" for name, count in profile.accuracies.items())
