"""Composing a parcel sheet: every section that the asker gets, in order; one may fail without the others."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.outages import database_is_gone
from gis_core.database.statements import fetch_one
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.parcels.crossing import MOST_CROSSINGS, crossings
from layers.parcels.sections import Answer, Crossing, Ground, Reader, Section, Tolerance, Vintage, answer_as_json

LABELS = """
    select array(select label from cadastre_parcel where id = any(%(ids)s) order by idu),
           array(select name from gis_core_commune where insee = any(%(insee)s) order by name)
"""
MOST_LABELS = 6
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
            "made_at": database_clock.now().isoformat(timespec="seconds"),
            "sections": [section_as_json(section, answer) for section, answer in self.answers],
        }


def sheet_of(ground: Ground, reader: Reader, only: Sequence[str] | None = None) -> Sheet:
    """The sheet, or the named sections of it. Raises Invalid for a section that the asker does not get."""
    sections = reader.sections
    ground = replace(ground, tolerances={slug: Tolerance.of(layer) for slug, layer in reader.layers.items()})
    if only is not None:
        known = {section.slug for section in sections}
        if unknown := [slug for slug in only if slug not in known]:
            message = _("There is no section “%(name)s”. There are: %(known)s.")
            raise Invalid(message % {"name": unknown[0][:40], "known": ", ".join(sorted(known))}, parameter="sections")
        sections = [section for section in sections if section.slug in only]
    return Sheet(ground, add_vintages(collect_answers(sections, ground, reader.rights), reader.layers))


def collect_answers(sections: Sequence[Section], ground: Ground, rights: Rights) -> list[tuple[Section, Answer | None]]:
    """What sections say. After a fault in one of them all are read again, each apart: the faulty one is told."""
    try:
        with transaction.atomic():
            return read(sections, ground, rights)
    except Exception as error:
        if database_is_gone(error):
            raise
        log.warning("a parcel sheet is read again, section by section", exc_info=True)
        return [(section, apart(section, ground, rights)) for section in sections]


def read(sections: Sequence[Section], ground: Ground, rights: Rights) -> list[tuple[Section, Answer | None]]:
    rows = iter(crossings(ground, [source for section in sections for source in section.sources]))
    given = [(section, [next(rows) for _source in section.sources]) for section in sections]
    return [(section, ask_section(section, ground, rights, crossed)) for section, crossed in given]


def ask_section(section: Section, ground: Ground, rights: Rights, crossed: Sequence[Sequence[Crossing]]) -> Answer:
    """What a section says; of a list that is cut, that neither its lines nor its sums are whole."""
    answer: Answer = section.collect(ground, rights, *(rows[:MOST_CROSSINGS] for rows in crossed))
    if all(len(rows) <= MOST_CROSSINGS for rows in crossed):
        return answer
    message = _("More than %(most)s are met: the others are neither listed nor counted. Choose a smaller ground.")
    return replace(answer, notes=[*answer.notes, message % {"most": MOST_CROSSINGS}])


def apart(section: Section, ground: Ground, rights: Rights) -> Answer | None:
    try:
        with transaction.atomic():
            return read([section], ground, rights)[0][1]
    except Exception as error:
        if database_is_gone(error):
            raise
        log.exception("the section %s of a parcel sheet could not be read", section.slug)
        return None


def add_vintages(
    answers: Sequence[tuple[Section, Answer | None]], layers: Mapping[str, Layer]
) -> list[tuple[Section, Answer | None]]:
    """With the vintages that the layers which the asker sees know."""
    known = {slug: Vintage(title=str(layer), day=layer.source_date) for slug, layer in layers.items()}
    return [
        (section, answer and replace(answer, vintages=matching_vintages(answer, known))) for section, answer in answers
    ]


def matching_vintages(answer: Answer, known: Mapping[str, Vintage]) -> list[Vintage]:
    return [known.get(one.layer, one) for one in answer.vintages if not one.layer or one.layer in known]


def section_as_json(section: Section, answer: Answer | None) -> Mapping[str, Any]:
    if answer is not None:
        return {**answer_as_json(section, answer), "failed": None}
    message = _("This part could not be read: nothing is said of it. Try again, or tell your administrator.")
    return {**answer_as_json(section, Answer()), "failed": message}


def title_of(ground: Ground) -> str:
    """What a sheet is called: its parcels and communes, or a drawn shape, as far as a title may be long."""
    labels, communes = fetch_one(LABELS, {"ids": list(ground.parcels), "insee": sorted(ground.insee)})
    return shorten_title(format_title(labels, ", ".join(communes)))


def shorten_title(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip(' ,')}…"


def format_title(labels: Sequence[str], places: str) -> str:
    if not labels:
        return _("Drawn shape, %(communes)s") % {"communes": places}
    if len(labels) == 1:
        return _("Parcel %(label)s, %(communes)s") % {"label": labels[0], "communes": places}
    first = ", ".join(labels[:MOST_LABELS]) + ("…" if len(labels) > MOST_LABELS else "")
    return _("Parcels %(labels)s, %(communes)s") % {"labels": first, "communes": places}


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
