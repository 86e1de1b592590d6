"""Composing a parcel sheet: every section that the asker gets, in order; one may fail without the others."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.rights import Rights
from layers.catalogue.models import Layer
from layers.parcels.sections import Answer, Ground, Section, Vintage, answer_as_json, sections_for

LABELS = """
    select array(select label from cadastre_parcel where id = any(%(ids)s) order by idu),
           array(select name from gis_core_commune where insee = any(%(insee)s) order by name)
"""
MOST_NAMED = 6
LONGEST_TITLE = 200

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
    return Sheet(ground, dated(collected(sections, ground, rights), rights))


def collected(sections: Sequence[Section], ground: Ground, rights: Rights) -> list[tuple[Section, Answer | None]]:
    """What sections say. After a fault in one of them all are read again, each apart: the faulty one is told."""
    try:
        with transaction.atomic():
            return [(section, section.collect(ground, rights)) for section in sections]
    except Exception:
        return [(section, apart(section, ground, rights)) for section in sections]


def apart(section: Section, ground: Ground, rights: Rights) -> Answer | None:
    try:
        with transaction.atomic():
            return section.collect(ground, rights)
    except Exception:
        log.exception("the section %s of a parcel sheet could not be read", section.slug)
        return None


def dated(answers: Sequence[tuple[Section, Answer | None]], rights: Rights) -> list[tuple[Section, Answer | None]]:
    """The vintages that the layers which the asker sees know, all asked at once."""
    slugs = {one.layer for _section, answer in answers if answer for one in answer.vintages if one.layer}
    found = (
        Layer.objects.visible_to(rights).filter(slug__in=slugs).only("slug", "title", "title_en", "source_date")
        if slugs
        else ()
    )
    known = {layer.slug: Vintage(title=str(layer), day=layer.source_date) for layer in found}
    return [(section, answer and replace(answer, vintages=named(answer, known))) for section, answer in answers]


def named(answer: Answer, known: Mapping[str, Vintage]) -> list[Vintage]:
    return [known.get(one.layer, one) for one in answer.vintages if not one.layer or one.layer in known]


def section_as_json(section: Section, answer: Answer | None) -> Mapping[str, Any]:
    if answer is not None:
        return {**answer_as_json(section, answer), "failed": None}
    words = _("This part could not be read: nothing is said of it. Try again, or tell your administrator.")
    return {**answer_as_json(section, Answer()), "failed": words}


def title_of(ground: Ground) -> str:
    """What a sheet is called: its parcels and communes, or a drawn shape, as far as a title may be long."""
    with connection.cursor() as cursor:
        cursor.execute(LABELS, {"ids": list(ground.parcels), "insee": sorted(ground.insee)})
        labels, communes = cursor.fetchone()
    return shortened(named_after(labels, ", ".join(communes)))


def shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip(' ,')}…"


def named_after(labels: Sequence[str], places: str) -> str:
    if not labels:
        return _("Drawn shape, %(communes)s") % {"communes": places}
    if len(labels) == 1:
        return _("Parcel %(label)s, %(communes)s") % {"label": labels[0], "communes": places}
    named = ", ".join(labels[:MOST_NAMED]) + ("…" if len(labels) > MOST_NAMED else "")
    return _("Parcels %(labels)s, %(communes)s") % {"labels": named, "communes": places}


def ground_as_json(ground: Ground) -> dict[str, Any]:
    west, south, east, north = shapely.from_wkb(ground.geom).bounds
    return {
        "parcels": list(ground.idus),
        "insee": sorted(ground.insee),
        "day": ground.day.isoformat(),
        "measured_m2": round(ground.measured_m2, 2),
        "bbox_2154": [round(edge, 2) for edge in (west, south, east, north)],
        "geometry": json.loads(ground.geojson),
    }
