"""Judging a project: by rules that are sent, else by those of its zones, else by the national ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights
from layers.planning.services.crossing import is_ruled
from simulation.engine.covering import covered_area
from simulation.engine.judging import judge, judge_national, leave_open
from simulation.engine.plots import Body
from simulation.engine.sru import Rule, SruError, parse_sru, read_rules
from simulation.engine.verdicts import Reason, Verdict
from simulation.services.drawing import check_on_terrain, clip_bodies, read_volumes
from simulation.services.messages import describe_sru_error
from simulation.services.places import Place, ZonePart, place_of, without_buildings
from simulation.services.rules import KeptRules, ZoneName, rules_of_zones

MOST_CONSTRAINTS = 500
MOST_MEASURES = 10_000


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A project judged. `covered` is the emprise before and after (m²); `kept` the rules of each zone that has some."""

    place: Place
    bodies: Sequence[Body]
    verdicts: Sequence[Verdict]
    covered: tuple[float, float]
    kept: Mapping[ZoneName, KeptRules] = field(default_factory=dict)
    notes: Sequence[str] = ()


def check_project(
    *,
    parcels: Sequence[str],
    volumes: Sequence[Mapping[str, Any]],
    rules: Any,
    day: date,
    rights: Rights,
    demolished: Collection[int] = (),
) -> Judged:
    """Judge volumes on parcels; without `rules` by those of the zones. Buildings `demolished` stand no more.

    Raises Invalid, NotFound (a parcel that the plan has not) and Conflict (nothing to judge by).
    """
    bodies = read_volumes(volumes)
    given = None if rules is None else read_given(rules)
    place = place_of(parcels, day, rights)
    check_on_terrain(bodies, place.plot.terrain)
    before = covered_area(place.plot, [])
    absent = absent_buildings(place, demolished)
    place = without_buildings(place, demolished)
    covered = before, covered_area(place.plot, bodies)
    if given is not None:
        check_amount(bodies, given)
        judged = judge(given, place.plot, bodies)
        return Judged(place=place, bodies=bodies, verdicts=judged, covered=covered, notes=absent)
    check_zones_seen(place)
    kept = rules_of_zones([(one.idurba, one.zone) for one in place.zones], place.ground.insee, rights)
    verdicts, notes = judge_by_zones(place, bodies, kept)
    return Judged(place=place, bodies=bodies, verdicts=verdicts, covered=covered, kept=kept, notes=[*absent, *notes])


def absent_buildings(place: Place, demolished: Collection[int]) -> list[str]:
    """How many buildings that are demolished do not stand here: a delivery of the plan numbers its buildings anew."""
    count = 0 if "buildings" in place.hidden else len(set(demolished) - place.buildings.keys())
    if not count:
        return []
    message = ngettext(
        "%(count)s building to be demolished does not stand here in the plan: choose it anew.",
        "%(count)s buildings to be demolished do not stand here in the plan: choose them anew.",
        count,
    )
    return [message % {"count": count}]


def check_zones_seen(place: Place) -> None:
    """Raises Conflict: the asker may not see the zones, and the rules of none can be said to be theirs."""
    if "plu-zones" in place.hidden:
        raise Conflict(_("The zones of planning documents are not shown to you: send the rules."), zones=[])


def check_amount(bodies: Sequence[Body], rules: Sequence[Rule]) -> None:
    """Not more than is measured at once. Raises Invalid."""
    if len(bodies) * sum(len(rule.constraints) for rule in rules) > MOST_MEASURES:
        message = _("That is too much to measure at once: send fewer volumes, or fewer rules.")
        raise Invalid(message, parameter="volumes")


def read_given(rules: Any) -> list[Rule]:
    """Rules as they were sent: JSON, or a text of it. Raises Invalid."""
    try:
        read = parse_sru(rules) if isinstance(rules, str) else read_rules(rules)
    except SruError as error:
        raise Invalid(describe_sru_error(error), parameter="rules", line=error.line, column=error.column) from error
    if sum(len(rule.constraints) for rule in read) > MOST_CONSTRAINTS:
        message = _("Send %(most)s constraints at most.")
        raise Invalid(message % {"most": MOST_CONSTRAINTS}, parameter="rules")
    if not read:
        raise Invalid(_("“rules” holds no rule; leave it out to judge by those of the zone."), parameter="rules")
    return read


def judge_by_zones(
    place: Place, bodies: Sequence[Body], kept: Mapping[ZoneName, KeptRules]
) -> tuple[list[Verdict], list[str]]:
    verdicts, notes = [], []
    if not place.zones and is_ruled(place.ground):
        raise Conflict(_("The planning document in force says nothing of this place."), zones=[])
    check_amount(bodies, [rule for one in kept.values() for rule in one.rules])
    for part in place.zones:
        known = kept.get((part.idurba, part.zone))
        inside = clip_bodies(bodies, part.shape)
        if known is None and not part.is_communal_map:
            notes.append(without_rules(part))
        elif known and inside:
            verdicts += judge_part(part, known, inside)
    notes += across_zones(place, bodies)
    if not place.is_ruled:
        verdicts += judge_national(place.plot, bodies)
    elif not any((part.idurba, part.zone) in kept for part in place.zones):
        raise Conflict(" ".join(notes[: len(place.zones)]), zones=[part.zone for part in place.zones])
    return verdicts, notes


def without_rules(part: ZonePart) -> str:
    message = _("No rules are entered for the zone %(zone)s of %(document)s: nothing is judged by them.")
    return message % {"zone": part.zone, "document": part.idurba}


def judge_part(part: ZonePart, known: KeptRules, inside: Sequence[Body]) -> list[Verdict]:
    """The verdicts of one zone. A part thinner than the plan is accurate may not be in the zone at all."""
    verdicts = judge(known.rules, part.plot, inside)
    if any(not body.shape.buffer(-part.plot.accuracy.plan / 2).is_empty for body in inside):
        return verdicts
    return [leave_open(verdict, Reason("thin_part", {"zone": verdict.zone})) for verdict in verdicts]


def across_zones(place: Place, bodies: Sequence[Body]) -> list[str]:
    """Which volumes stand in several zones."""
    notes = []
    for body in bodies:
        zones = sorted({one.zone for one in place.zones if body.shape.intersection(one.shape).area > 0.01})
        if len(zones) > 1:
            message = _("Volume %(number)s stands in several zones (%(zones)s): each part is judged by its own.")
            notes.append(message % {"number": body.number + 1, "zones": ", ".join(zones)})
    return notes
