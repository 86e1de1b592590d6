"""Composing a parcel sheet: every section that the asker gets, in order; one may fail without the others."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.rights import Rights
from layers.parcels.sections import Answer, Ground, Section, answer_as_json, sections_for

LABELS = """
    select array(select label from cadastre_parcel where id = any(%(ids)s) order by idu),
           array(select name from gis_core_commune where insee = any(%(insee)s) order by name)
"""
MOST_NAMED = 6

log = logging.getLogger("arpent.parcels")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A ground and what each section says of it; None where a section could not be read."""

    ground: Ground
    answers: Sequence[tuple[Section, Answer | None]]

    def without_private(self) -> "Sheet":
        """What may be kept: sections about people are for the asker alone, and for now."""
        return Sheet(self.ground, [pair for pair in self.answers if pair[0].kept])

    def as_json(self) -> dict[str, Any]:
        return {
            "ground": ground_as_json(self.ground),
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "sections": [section_as_json(section, answer) for section, answer in self.answers],
        }


def sheet_of(ground: Ground, rights: Rights, only: Sequence[str] | None = None) -> Sheet:
    """The sheet, or the named sections of it. Raises Invalid for a section that the asker does not get."""
    sections = sections_for(rights)
    if only is not None:
        known = {section.slug for section in sections}
        if unknown := [slug for slug in only if slug not in known]:
            words = _("There is no section “%(name)s”. There are: %(known)s.")
            raise Invalid(words % {"name": unknown[0][:40], "known": ", ".join(sorted(known))}, parameter="sections")
        sections = [section for section in sections if section.slug in only]
    return Sheet(ground, [(section, collected(section, ground, rights)) for section in sections])


def collected(section: Section, ground: Ground, rights: Rights) -> Answer | None:
    """What a section says; a fault in the database is told in its place, and the others are still read."""
    try:
        with transaction.atomic():
            return section.collect(ground, rights)
    except DatabaseError:
        log.exception("the section %s of a parcel sheet could not be read", section.slug)
        return None


def section_as_json(section: Section, answer: Answer | None) -> Mapping[str, Any]:
    if answer is not None:
        return {**answer_as_json(section, answer), "failed": None}
    words = _("This part could not be read: nothing is said of it. Try again, or tell your administrator.")
    return {**answer_as_json(section, Answer()), "failed": words}


def title_of(ground: Ground) -> str:
    """What a sheet is called: its parcel and commune, how many parcels, or a drawn shape."""
    with connection.cursor() as cursor:
        cursor.execute(LABELS, {"ids": list(ground.parcels), "insee": sorted(ground.insee)})
        labels, communes = cursor.fetchone()
    places = ", ".join(communes)
    if not labels:
        return _("Drawn shape, %(communes)s") % {"communes": places}
    if len(labels) == 1:
        return _("Parcel %(label)s, %(communes)s") % {"label": labels[0], "communes": places}
    named = ", ".join(labels[:MOST_NAMED]) + ("…" if len(labels) > MOST_NAMED else "")
    return _("Parcels %(labels)s, %(communes)s") % {"labels": named, "communes": places}


def ground_as_json(ground: Ground) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("select st_asgeojson(st_transform(%s::geometry, 4326), 8)::json", [ground.geom])
        (geometry,) = cursor.fetchone()
    west, south, east, north = shapely.from_wkb(ground.geom).bounds
    return {
        "parcels": list(ground.idus),
        "insee": sorted(ground.insee),
        "day": ground.day.isoformat(),
        "measured_m2": round(ground.measured_m2, 1),
        "bbox_2154": [round(edge, 2) for edge in (west, south, east, north)],
        "geometry": geometry,
    }
