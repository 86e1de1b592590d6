"""Whom the ground of a file suggests to ask for an opinion, by what crosses it. Nothing is asked by itself."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.members.rights import Rights
from layers.parcels.sections import Line, Measure
from permits.deadlines.law import Ground, Kind
from permits.deadlines.opinions import Body, OpinionRule, Protection, rule_for
from permits.models import Consultation, Event, Permit
from permits.procedure import What
from permits.services.land import LandReading, read_land, source_of
from permits.services.reading import format_day

ROAD = re.compile(r"\b(?:RD|RN|D|N|route (?:départementale|nationale))\s?n?°?\s?\d{1,4}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What speaks for asking a body: a thing that crosses the ground, with what it shares of it, or the file itself.

    `source` is the act or the document that the thing comes from, with its day.
    """

    title: str
    detail: str = ""
    why: str = ""
    source: str = ""
    layer: str = ""
    feature: int | None = None
    area_m2: float | None = None
    share: float | None = None
    length_m: float | None = None
    uncertain: bool = False


@dataclass(slots=True, kw_only=True)
class Suggestion:
    """A body to ask, and why. `name` is who manages what crosses; `requested` the day of a former request."""

    body: Body
    name: str = ""
    reasons: list[Reason] = field(default_factory=list)
    protections: set[Protection] = field(default_factory=set)
    rule: OpinionRule | None = None
    requested: date | None = None

    @property
    def label(self) -> str:
        return str(Consultation.Body(self.body.value).label)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a ground suggests; `read` are the parts of the parcel sheet that were looked at, `notes` what was not."""

    suggestions: Sequence[Suggestion] = ()
    read: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Easements of these categories suggest a body."""

    body: Body
    categories: frozenset[str]
    why: Any
    protection: Callable[[Line], Protection] | None = None


def surroundings(_line: Line) -> Protection:
    return Protection.SURROUNDINGS


def site_of(line: Line) -> Protection:
    """A site is classified where its footprint says so; else it is taken for registered, whose silence may refuse."""
    classified = "class" in f"{line.title} {line.detail}".lower()
    return Protection.CLASSIFIED_SITE if classified else Protection.REGISTERED_SITE


SIGNS: tuple[Sign, ...] = (
    Sign(
        body=Body.ABF,
        categories=frozenset({"AC1"}),
        protection=surroundings,
        why=gettext_lazy("Surroundings of a historic monument: the architect is asked (R.423-54)."),
    ),
    Sign(
        body=Body.ABF,
        categories=frozenset({"AC2"}),
        protection=site_of,
        why=gettext_lazy("Registered or classified site: the architect is asked."),
    ),
    Sign(
        body=Body.ABF,
        categories=frozenset({"AC4", "AC4bis"}),
        protection=surroundings,
        why=gettext_lazy("Remarkable heritage site: the architect is asked (R.423-54)."),
    ),
    Sign(
        body=Body.ELECTRICITY,
        categories=frozenset({"I4"}),
        why=gettext_lazy("Electric line: its operator knows what distances it needs."),
    ),
    Sign(
        body=Body.WATER,
        categories=frozenset({"AS1", "A5"}),
        why=gettext_lazy("Protected catchment or buried pipe: the water service knows what is allowed."),
    ),
    Sign(
        body=Body.ROADS,
        categories=frozenset({"EL7", "EL11"}),
        why=gettext_lazy("Building line or forbidden access: the road's manager is asked (R.423-53)."),
    ),
    Sign(
        body=Body.PREFECTURE,
        categories=frozenset({"PM1", "PM3"}),
        why=gettext_lazy("Risk prevention plan: the State services know how it applies."),
    ),
    Sign(
        body=Body.OTHER,
        categories=frozenset({"I1", "I3", "T1"}),
        why=gettext_lazy("Pipe or railway: its operator is asked."),
    ),
)
WHY_RISK = gettext_lazy("Zone of a risk plan: the State services know how it applies.")
WHY_ROAD = gettext_lazy("The ground lies on a numbered road: its manager is asked where an access changes (R.423-53).")
WHY_PUBLIC = gettext_lazy("A longer delay was notified for a public or tall building: the fire service is asked.")
WHY_HERITAGE = gettext_lazy("A longer delay was notified for protected surroundings: the architect is asked.")
FROM_NOTICE: Mapping[Ground, tuple[Body, Any]] = {
    Ground.PUBLIC_BUILDING: (Body.SDIS, WHY_PUBLIC),
    Ground.TALL_BUILDING: (Body.SDIS, WHY_PUBLIC),
    Ground.PROTECTED_SURROUNDINGS: (Body.ABF, WHY_HERITAGE),
}
SECTIONS = ("identity", "easements", "risks")


def suggest(permit: Permit, rights: Rights, land: LandReading | None = None) -> Suggested:
    """Whom what crosses the file's parcels suggests to ask, of what the asker sees; bodies in the order of the form."""
    land = land or read_land(permit, rights, SECTIONS)
    suggestions: dict[tuple[Body, str], Suggestion] = {}
    for slug in SECTIONS:
        for line in land.lines(slug):
            READ_FROM[slug](line, suggestions)
    notice(permit, suggestions)
    road_of(permit.address, suggestions)
    former = permit.consultations.order_by("requested_date").values_list("body", "requested_date")
    former_dates: dict[str, date] = dict(former)
    for one in suggestions.values():
        one.rule = rule_for(one.body, Kind(permit.kind), permit.filed_date, one.protections)
        one.requested = former_dates.get(one.body.value)
    order = list(Body)
    ranked = sorted(suggestions.values(), key=lambda one: (order.index(one.body), one.name))
    return Suggested(ranked, [title for slug, title in land.titles.items() if slug in SECTIONS], land.notes)


def add(
    suggestions: dict[tuple[Body, str], Suggestion],
    body: Body,
    reason: Reason,
    *,
    name: str = "",
    protection: Protection | None = None,
) -> None:
    """Other bodies are told apart by their name, the named ones are asked once."""
    key = (body, name if body == Body.OTHER else "")
    one = suggestions.setdefault(key, Suggestion(body=body, name=name))
    one.name = one.name or name
    if reason not in one.reasons:
        one.reasons.append(reason)
    if protection and not reason.uncertain:
        one.protections.add(protection)


def reason_of(line: Line, why: Any) -> Reason:
    measure = line.measure or Measure()
    return Reason(
        title=line.title,
        detail=line.detail,
        why=str(why),
        source=source_of(line),
        layer=line.layer or "",
        feature=line.feature,
        area_m2=measure.area_m2,
        share=measure.share,
        length_m=measure.length_m,
        uncertain=measure.uncertain,
    )


def from_easement(line: Line, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    facts = {fact.name: fact.value for fact in line.facts}
    for sign in SIGNS:
        if facts.get("category") in sign.categories:
            protection = sign.protection(line) if sign.protection else None
            name = "" if sign.body == Body.ABF else facts.get("manager", "")
            add(suggestions, sign.body, reason_of(line, sign.why), name=name, protection=protection)


def from_risk(line: Line, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    add(suggestions, Body.PREFECTURE, reason_of(line, WHY_RISK))


def from_parcel(line: Line, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    for fact in line.facts:
        if fact.name == "address":
            road_of(str(fact.value), suggestions)


def road_of(address: str, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    if road := ROAD.search(address):
        add(suggestions, Body.ROADS, Reason(title=road[0], why=str(WHY_ROAD)))


def notice(permit: Permit, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    """What the instructor said of the file when they notified a longer delay."""
    for event in Event.objects.current().filter(permit=permit, what=What.LONGER_NOTIFIED):
        for ground in event.detail["grounds"]:
            if ground in FROM_NOTICE:
                body, why = FROM_NOTICE[Ground(ground)]
                protection = Protection.SURROUNDINGS if body == Body.ABF else None
                title = _("Longer delay notified on %(day)s") % {"day": format_day(event.on_date)}
                add(suggestions, body, Reason(title=title, why=str(why)), protection=protection)


READ_FROM: Mapping[str, Callable[[Line, dict[tuple[Body, str], Suggestion]], None]] = {
    "identity": from_parcel,
    "easements": from_easement,
    "risks": from_risk,
}
