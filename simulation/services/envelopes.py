"""What fits on parcels, by the rules of their zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from simulation.engine.envelope import Envelope, buildable
from simulation.services.checking import check_zones_seen, without_rules
from simulation.services.places import Place, ZonePart, place_of
from simulation.services.rules import rules_of_zones


@dataclass(frozen=True, kw_only=True)
class Envelopes:
    """One for each zone of the ground that has rules."""

    place: Place
    parts: Sequence[tuple[ZonePart, Envelope]]
    notes: Sequence[str]


def envelopes_of(parcels: Sequence[str], day: date, rights: Rights) -> Envelopes:
    """The envelopes of parcels. Raises Invalid, NotFound, and Conflict where no zone has rules."""
    place = place_of(parcels, day, rights)
    check_zones_seen(place)
    kept = rules_of_zones([(one.idurba, one.zone) for one in place.zones], place.ground.insee, rights)
    parts = [
        (one, buildable(kept[one.idurba, one.zone].rules, one.plot))
        for one in place.zones
        if (one.idurba, one.zone) in kept
    ]
    notes = [without_rules(one) for one in place.zones if (one.idurba, one.zone) not in kept]
    if not parts:
        raise Conflict(
            " ".join(notes) or _("No planning document in force is known here: there are no rules of a zone.")
        )
    return Envelopes(place=place, parts=parts, notes=notes)
