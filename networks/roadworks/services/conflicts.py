"""What works meet in space and time: other works, events, a new surface. Told at entry, never a wall."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, Final

from django.contrib.gis.geos import MultiLineString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database.statements import fetch_all
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from layers.features.display import display_number
from networks.roadworks.days import Taken, format_days, hours_of, last_day, never_together, time_said
from networks.roadworks.models import Work
from networks.roadworks.points import CONFLICT_FINDERS

WITHIN_M: Final = 10.0
FRESH_MONTHS: Final = 36
"""How long a new surface is not to be dug up (the usual rule of a règlement de voirie)."""
CROSSING_M: Final = 25.0
"""Works that share less than this meet at a crossing only (each reaches ten metres around)."""
MOST: Final = 100
DIGGING: Final = frozenset({Work.Kind.WATER, Work.Kind.SEWER, Work.Kind.NETWORK})
CLOSING: Final = frozenset({Work.Measure.CLOSED, Work.Measure.ONE_WAY})
HINDERING: Final = CLOSING | {Work.Measure.ALTERNATE, Work.Measure.NARROWED}


class Severity(IntEnum):
    NEAR = 1
    SERIOUS = 2
    GRAVE = 3

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS: Final = {
    Severity.NEAR: gettext_lazy("For your information"),
    Severity.SERIOUS: gettext_lazy("To be agreed"),
    Severity.GRAVE: gettext_lazy("Incompatible"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictQuery:
    """Works as they are entered; `work_id` are those works themselves, once they are kept."""

    stretch: MultiLineString
    starts_on: date
    ends_on: date
    kind: str = Work.Kind.ROAD
    measure: str = Work.Measure.NONE
    closed_way: str = ""
    new_surface: bool = False
    hours: str = ""
    work_id: int | None = None

    @classmethod
    def of(cls, work: Work) -> "ConflictQuery":
        return cls(
            stretch=work.geom, starts_on=work.starts_on, ends_on=work.ends_on, kind=work.kind, work_id=work.pk,
            measure=work.measure, closed_way=work.closed_way or "", new_surface=work.new_surface,
            hours=work.hours or "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Other works that are met, how gravely, and why in words."""

    work: Work
    severity: Severity
    why: str
    metres: float = 0.0


MET: Final = """
    select met.work_id, met.same_days, met.metres
    from arpent.works_met(st_geomfromewkb(%(stretch)s), %(first)s, %(last)s, %(digs)s, %(surfaces)s,
        %(within)s, %(months)s) as met
    where met.work_id <> %(but)s order by not met.same_days, met.metres desc, met.work_id limit %(most)s
"""


def conflicts_of(query: ConflictQuery, rights: Rights) -> list[Conflict]:
    """The gravest first; of the works that the asker sees: announced ones, and those of the asker's members."""
    given: dict[str, Any] = {
        "stretch": bytes(query.stretch.ewkb),
        "first": query.starts_on,
        "last": query.ends_on,
        "digs": query.kind in DIGGING,
        "surfaces": query.new_surface,
        "but": query.work_id or 0,
        **LIMITS,
    }
    met = fetch_all(MET, given)
    others = in_bulk([pk for pk, _same, _metres in met], rights)
    met_here = [judge(query, others[pk], metres) for pk, _same, metres in met if pk in others]
    conflicts = [one for one in met_here if one]
    conflicts += [one for finder in CONFLICT_FINDERS.all() for one in finder.find(query, rights)]
    return sorted(conflicts, key=lambda one: (-one.severity, one.work.starts_on, one.work.pk))


LIMITS: Final = {"within": WITHIN_M, "months": FRESH_MONTHS, "most": MOST}
MET_BY_ALL: Final = """
    with asked as materialized (
        select w.id, w.geom, w.starts_on, w.ends_on, w.kind in ('water', 'sewer', 'network') as digs, w.new_surface
        from road_work w where w.id = any(%(ids)s) and w.state <> 'cancelled'
    )
    select a.id, met.work_id, met.same_days, met.metres
    from asked a cross join lateral arpent.works_met(a.geom, a.starts_on, a.ends_on, a.digs, a.new_surface,
        %(within)s, %(months)s) as met
    where met.work_id <> a.id limit %(most)s
"""
MOST_PAIRS: Final = 5_000


def marks_of(works: Sequence[Work], rights: Rights) -> Mapping[int, list[Conflict]]:
    """The conflicts of each of these works that has some, in one question."""
    mine = {one.pk: one for one in works}
    met = fetch_all(MET_BY_ALL, {"ids": list(mine), **LIMITS, "most": MOST_PAIRS})
    others = in_bulk({pk for _mine, pk, _same, _metres in met}, rights)
    marks: dict[int, list[Conflict]] = defaultdict(list)
    for pk, other, _same, metres in met:
        if other in others and (one := judge(ConflictQuery.of(mine[pk]), others[other], metres)):
            marks[pk].append(one)
    for finder in CONFLICT_FINDERS.all():
        for pk, one in finder.find_for_many(mine, rights):
            marks[pk].append(one)
    return marks


def in_bulk(ids: Iterable[int], rights: Rights) -> dict[int, Work]:
    seen = Work.objects.visible_to(rights).filter(pk__in=list(ids)).select_related("owner").defer("geom")
    return {one.pk: one for one in seen}


# -- judging ----------------------------------------------------------------------------------------------------------


def judge(query: ConflictQuery, other: Work, metres: float) -> Conflict | None:
    """None where they only follow each other."""
    if share_days(query, other):
        severity, why = at_other_hours(query, other) or severity_of(query, other)
        why = f"{why} {where(metres)} {when(query, other)}".strip()
    elif digs_up(query, other):
        severity, why = Severity.SERIOUS, fresh(query, other)
    else:
        return None
    return Conflict(work=other, severity=severity, why=why, metres=metres)


def severity_of(query: ConflictQuery, other: Work) -> tuple[Severity, str]:
    """How gravely works of the same days on one stretch hinder each other, and why."""
    closing = (query.measure in CLOSING) + (other.measure in CLOSING)
    if closing == 2:
        return Severity.GRAVE, _("Both close the road: do them together, or one after the other.")
    event = (query.kind == Work.Kind.EVENT) != (other.kind == Work.Kind.EVENT)
    if closing and event:
        return Severity.GRAVE, _("An event takes place where works close the road: move one of them.")
    if closing and {query.measure, other.measure} & (HINDERING - CLOSING):
        return Severity.GRAVE, _(
            "The road is closed where the other works count on traffic passing: agree on the days."
        )
    if event:
        return Severity.SERIOUS, _("An event and works on the same stretch: agree with the organiser.")
    if query.kind == other.kind == Work.Kind.EVENT:
        return Severity.SERIOUS, _("Two events on the same stretch: agree with both organisers.")
    if closing:
        return Severity.SERIOUS, _(
            "The road is closed where other works are under way: check that their crew gets there."
        )
    if query.measure in HINDERING and other.measure in HINDERING:
        return Severity.SERIOUS, _("Both hinder traffic on the same stretch: agree on one set of signs.")
    return Severity.NEAR, _("Works side by side: tell each other.")


def common_days(query: ConflictQuery, other: Work) -> tuple[date, date]:
    """From when to when both are there; the other way round where they never are. A night has its morning, too."""
    ends = last_day(query.ends_on, query.hours), last_day(other.ends_on, other.hours or "")
    return max(query.starts_on, other.starts_on), min(ends)


def share_days(query: ConflictQuery, other: Work) -> bool:
    """A morning that only ends before the other ones begin is none that they share."""
    first, last = common_days(query, other)
    follow = first > min(query.ends_on, other.ends_on) and never_together(*occupation_times(query, other))
    return first <= last and not follow


def occupation_times(query: ConflictQuery, other: Work) -> tuple[Taken, Taken]:
    return (
        Taken(query.starts_on, query.ends_on, query.hours),
        Taken(other.starts_on, other.ends_on, other.hours or ""),
    )


def at_other_hours(query: ConflictQuery, other: Work) -> tuple[Severity, str] | None:
    """What is said of works of the same days that are never there together: some by day, some by night."""
    here, there = occupation_times(query, other)
    if not never_together(here, there):
        return None
    message = _("On the same days at other hours (these %(here)s, the others %(there)s): tell each other.")
    return Severity.NEAR, message % {"here": hours_said(here.hours), "there": hours_said(there.hours)}


def hours_said(hours: str) -> str:
    return "–".join(time_said(one) for one in hours_of(hours))


def digs_up(query: ConflictQuery, other: Work) -> bool:
    """Whether what comes later of both digs where the other leaves a new surface."""
    if query.starts_on > other.ends_on:
        return other.new_surface and query.kind in DIGGING
    return query.new_surface and other.kind in DIGGING


def fresh(query: ConflictQuery, other: Work) -> str:
    """One of both digs up the new surface of the other."""
    if other.new_surface and other.ends_on < query.starts_on:
        message = _("The surface here is new since %(day)s: digging it up is usually refused for %(months)s months.")
    else:
        message = _("These works will dig up the new surface from %(day)s on: have them done before.")
    day = other.ends_on if other.new_surface and other.ends_on < query.starts_on else other.starts_on
    return message % {"day": format_long_date(day), "months": FRESH_MONTHS}


def where(metres: float) -> str:
    if metres < CROSSING_M:
        return _("They meet at a crossing or at their ends,")
    return _("They share %(metres)s m of road,") % {"metres": display_number(metres, 0)}


def when(query: ConflictQuery, other: Work) -> str:
    return format_days(*common_days(query, other)) + "."
