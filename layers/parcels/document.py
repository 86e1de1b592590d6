"""A parcel sheet on paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Unavailable
from gis_core.files.writing.paper import SCHEME, typeset
from layers.features.display import display_area, display_date, display_number, display_share
from layers.parcels.plan import Plan, draw_over

if TYPE_CHECKING:
    from layers.parcels.aerial import Aerial

STYLES = Path(__file__).parent / "sheet.css"
PICTURE = f"{SCHEME}aerial.jpg"
SMALL_M2, LEAST_SHARE = 10, 0.001


def pdf_of(
    content: Mapping[str, Any],
    plan: Plan,
    aerial: Aerial | None = None,
    *,
    title: str,
    author: str,
    site: str,
    number: str = "",
    digest: str = "",
) -> bytes:
    """The PDF file; `site` is the platform's address, which paper has to name.

    Raises Unavailable where a section could not be read: paper must not be silent about it.
    """
    if failed := [section["title"] for section in content["sections"] if section["failed"]]:
        message = _("“%(section)s” could not be read, and nothing was printed. Try again.")
        raise Unavailable(message % {"section": failed[0]})
    given = {
        "title": title,
        "author": author,
        "number": number,
        "digest": digest,
        "day": display_date(content["ground"]["day"]),
        "made_on": display_date(database_clock.today()),
        "area": display_area(content["ground"]["measured_m2"]),
        "scale": display_number(plan.scale, 0),
        "plan": plan.svg,
        "cut": plan.cut,
        "aerial": aerial,
        "over": draw_over(plan, PICTURE) if aerial and aerial.jpeg else "",
        "sections": [format_section(section, site) for section in content["sections"]],
        "language": get_language() or "fr",
    }
    pictures = {PICTURE: aerial.jpeg} if aerial and aerial.jpeg else {}
    return typeset(render_to_string("parcels/sheet.html", given), STYLES, pictures)


def format_section(section: Mapping[str, Any], site: str) -> dict[str, Any]:
    """A section with its measures in words and whole addresses."""
    return {
        **section,
        "lines": [format_line(line, site) for line in section["lines"]],
        "uncertain": [format_line(line, site) for line in section["uncertain"]],
        "below": " · ".join(one["display"] for one in section["tolerances"]),
        "vintages": [format_vintage(one) for one in section["vintages"]],
    }


def format_line(line: Mapping[str, Any], site: str) -> dict[str, Any]:
    area, share, length = line["area_m2"], line["share"], line["length_m"]
    measure = format_crossing_area(area) if area is not None else ""
    if length is not None:
        measure = f"{display_number(length, 1)} m"
    links = [{**link, "url": urljoin(site, link["url"])} for link in line["links"]]
    part = format_crossing_share(share) if share is not None and area else ""
    return {**line, "links": links, "measure": measure, "part": part}


def format_crossing_area(area_m2: float) -> str:
    """With a decimal where the whole number says little; in words where only a limit is shared."""
    if not area_m2:
        return _("common limit")
    return f"{display_number(area_m2, 1)}\u00a0m²" if area_m2 < SMALL_M2 else display_area(area_m2)


def format_crossing_share(share: float) -> str:
    """With a decimal, as on the screen: 99.9 % is not the whole."""
    if share < LEAST_SHARE:
        return f"< {display_share(LEAST_SHARE, 1)}"
    return display_share(share, 1)


def format_vintage(vintage: Mapping[str, Any]) -> str:
    when = display_date(vintage["date"]) if vintage["date"] else _("date not known")
    return f"{vintage['title']} ({when})"
