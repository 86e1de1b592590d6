"""What a project holds, as it is sent and kept: name, parcels, permit, variants with their volumes and lines."""

import json
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import LineString
from shapely.lib import ShapelyError

from gis_core.errors import Invalid
from simulation.services.drawing import LAMBERT_93, MOST_POSITIONS, MOST_VOLUMES, read_volumes

LETTERS = ("A", "B", "C", "D", "E", "F")
LINE_KINDS = ("road", "wall", "hedge", "trench")
MOST_PARCELS = 50
MOST_LINES = 200
MOST_DEMOLISHED = 200
LONGEST_NAME, LONGEST_LABEL, LONGEST_NOTES = 120, 80, 4_000
WIDEST_M, HIGHEST_LINE_M = 100.0, 50.0
PERMIT = re.compile(r"[A-Z]{2}\d[0-9AB]\d{6}[0-9A-Z]{5}([A-Z]\d{2})?")
VOLUME_KEYS = ("name", "footprint", "base", "eaves", "ridge", "roof", "ridge_azimuth", "levels")


def clean_content(given: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a project as it is kept; `parcels` are left as they were sent. Raises Invalid, in words."""
    name = " ".join(str(given["name"]).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        message = _("A project needs a name of at most %(limit)s characters.")
        raise Invalid(message % {"limit": LONGEST_NAME}, parameter="name")
    variants = [clean_variant(one) for one in given["variants"]]
    letters = [one["letter"] for one in variants]
    if not letters or len(set(letters)) < len(letters):
        raise Invalid(_("A project has a variant at least, and each letter once."), parameter="variants")
    variants.sort(key=lambda one: str(one["letter"]))
    return {"name": name, "permit": clean_permit(given.get("permit") or ""), "variants": variants}


def clean_permit(text: str) -> str:
    """The number of a permit without blanks; empty for none. Raises Invalid."""
    number = re.sub(r"[\s.\-/]", "", text).upper()
    if number and not PERMIT.fullmatch(number):
        message = _("“%(number)s” is no number of a permit: type it as PC 045 234 26 A0001.")
        raise Invalid(message % {"number": text[:40]}, parameter="permit")
    return number


def clean_variant(given: Mapping[str, Any]) -> dict[str, Any]:
    """A variant as it is kept. Raises Invalid, which names it."""
    letter = str(given["letter"])
    if letter not in LETTERS:
        raise Invalid(_("The letter of a variant is one of %(letters)s.") % {"letters": ", ".join(LETTERS)},
                      parameter="variants")  # fmt: skip
    volumes = list(given.get("volumes") or ())
    try:
        if volumes:
            read_volumes(volumes)
        lines = clean_lines(given.get("lines") or ())
    except Invalid as error:
        message = _("Variant %(letter)s. %(why)s") % {"letter": letter, "why": error.message}
        raise Invalid(message, parameter="variants") from error
    demolished = sorted(set(given.get("demolished") or ()))
    if len(demolished) > MOST_DEMOLISHED:
        message = _("A variant demolishes %(most)s buildings at most.")
        raise Invalid(message % {"most": MOST_DEMOLISHED}, parameter="variants")
    return {
        "letter": letter,
        "title": str(given.get("title") or "").strip()[:LONGEST_LABEL],
        "notes": str(given.get("notes") or "").strip()[:LONGEST_NOTES],
        "volumes": [{key: one.get(key) for key in VOLUME_KEYS} for one in volumes],
        "lines": lines,
        "demolished": demolished,
    }


def clean_lines(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines with a width. Raises Invalid, which names the first that is wrong from 1."""
    if len(rows) > MOST_LINES:
        raise Invalid(_("Send %(most)s lines at most.") % {"most": MOST_LINES}, parameter="lines")
    return [clean_line(row, number) for number, row in enumerate(rows, start=1)]


def clean_line(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    width, height = row["width"], row.get("height") or 0.0
    if not 0 < width <= WIDEST_M or not 0 <= height <= HIGHEST_LINE_M:
        message = _("Line %(number)s: its width is at most %(wide)s m, its height or depth at most %(high)s m.")
        given = {"number": number, "wide": int(WIDEST_M), "high": int(HIGHEST_LINE_M)}
        raise Invalid(message % given, parameter="lines")
    read_line(row["line"], number)
    return {"kind": row["kind"], "name": row.get("name") or "", "line": row["line"], "width": width, "height": height}


def read_line(given: Any, number: int) -> LineString:
    """A line in EPSG:2154. Raises Invalid."""
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(given)))
    except (ShapelyError, TypeError, ValueError, RecursionError):
        shape = None
    if not isinstance(shape, LineString) or shape.is_empty or not shape.length > 0:
        raise Invalid(_("Line %(number)s is no GeoJSON line.") % {"number": number}, parameter="lines")
    if shapely.get_num_coordinates(shape) > MOST_POSITIONS:
        message = _("Line %(number)s has more than %(most)s positions.")
        raise Invalid(message % {"number": number, "most": MOST_POSITIONS}, parameter="lines")
    if not all(isfinite(edge) for edge in shape.bounds) or not LAMBERT_93.covers(shape.envelope):
        message = _("Line %(number)s is not in EPSG:2154 (metres, Lambert-93).")
        raise Invalid(message % {"number": number}, parameter="lines")
    return shape


def check_total(variants: Sequence[Mapping[str, Any]]) -> None:
    """Not more in all its variants than one project holds. Raises Invalid."""
    total = sum(len(one["volumes"]) for one in variants)
    if total > 3 * MOST_VOLUMES:
        message = _("A project holds %(most)s volumes at most in all its variants: this one has %(count)s.")
        raise Invalid(message % {"most": 3 * MOST_VOLUMES, "count": total}, parameter="variants")
