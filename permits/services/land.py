"""What crosses the land of a file: lines of the parcel sheet over all its parcels at once, as the asker reads it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError, Invalid
from gis_core.members.rights import Rights
from layers.parcels.ground import ground_of_parcels, ground_of_shape
from layers.parcels.sections import Answer, Ground, Line, Reader, reader_with
from layers.parcels.services.sheets import sheet_of
from permits.models import Permit


@dataclass(frozen=True, slots=True)
class LandReading:
    """What each section that could be read answers, by its slug; `titles` are those of the sections that were asked.

    `notes` are sentences about what is not known; `area_m2` is the ground's, in geodesic square metres.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    area_m2: float | None = None

    def lines(self, slug: str) -> Sequence[Line]:
        """What crosses the ground, of a section."""
        return self.answers[slug].lines if slug in self.answers else ()


def read_land(permit: Permit, rights: Rights, slugs: Collection[str]) -> LandReading:
    """What crosses the file's parcels, of these sections of the sheet and of what the asker sees."""
    reader = reader_with(rights)
    titles = {section.slug: str(section.title) for section in reader.sections if section.slug in slugs}
    land = ground_of(permit, reader)
    if land is None:
        return LandReading(notes=[_("The file has no known parcel: nothing tells what crosses its ground.")])
    if not titles:
        return LandReading()
    answers = {section.slug: answer for section, answer in sheet_of(land, reader, only=list(titles)).answers}
    unread = _("“%(section)s” could not be read: nothing is suggested from it.")
    return LandReading(
        answers={slug: answer for slug, answer in answers.items() if answer is not None},
        titles=titles,
        notes=[unread % {"section": titles[slug]} for slug, answer in answers.items() if answer is None],
        area_m2=land.measured_m2,
    )


def ground_of(permit: Permit, reader: Reader) -> Ground | None:
    """The file's parcels; where the plan no longer has one of them, their shape at the filing."""
    if permit.idus:
        try:
            return ground_of_parcels(permit.idus, database_clock.today(), reader)
        except ArpentError:
            pass
    if permit.geom is None:
        return None
    shape = permit.geom.clone()
    shape.transform(4326)
    try:
        return ground_of_shape(json.loads(shape.geojson), database_clock.today())
    except Invalid:
        return None


def source_of(line: Line) -> str:
    """The act, or the document, that a line comes from, with its day; empty where the layer does not know it."""
    if acts := [fact.display for fact in line.facts if fact.name == "act"]:
        return ", ".join(acts)
    facts = {fact.name: fact.display for fact in line.facts}
    if "document" in facts and "approved_date" in facts:
        return _("%(document)s, approved on %(day)s") % {"document": facts["document"], "day": facts["approved_date"]}
    return ", ".join(facts[name] for name in ("document", "plan", "state") if name in facts)
