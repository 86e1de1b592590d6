"""What works meet in space and time: other works, events, a new surface. Told at entry, never a wall."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, Final

from django.contrib.gis.geos import MultiLineString
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.members.rights import Rights
from layers.features.display import display_number
from networks.roadworks.days import Taken, day_said, hours_of, last_day, never_together, said, time_said
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


class Gravity(IntEnum):
    NEAR = 1
    SERIOUS = 2
    GRAVE = 3

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS: Final = {
    Gravity.NEAR: gettext_lazy("For your information"),
    Gravity.SERIOUS: gettext_lazy("To be agreed"),
    Gravity.GRAVE: gettext_lazy("Incompatible"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
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
    def of(cls, work: Work) -> "Asked":
        return cls(
            stretch=work.geom, starts_on=work.starts_on, ends_on=work.ends_on, kind=work.kind, work_id=work.pk,
            measure=work.measure, closed_way=work.closed_way or "", new_surface=work.new_surface,
            hours=work.hours or "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Other works that are met, how gravely, and why in words."""

    work: Work
    gravity: Gravity
    why: str
    metres: float = 0.0


MET: Final = """
    select met.work_id, met.same_days, met.metres
    from arpent.works_met(st_geomfromewkb(%(stretch)s), %(first)s, %(last)s, %(digs)s, %(surfaces)s,
        %(within)s, %(months)s) as met
    where met.work_id <> %(but)s order by not met.same_days, met.metres desc, met.work_id limit %(most)s
"""


def conflicts_of(asked: Asked, rights: Rights) -> list[Found]:
    """The gravest first; of the works that the asker sees: announced ones, and those of the asker's members."""
    given: dict[str, Any] = {
        "stretch": bytes(asked.stretch.ewkb),
        "first": asked.starts_on,
        "last": asked.ends_on,
        "digs": asked.kind in DIGGING,
        "surfaces": asked.new_surface,
        "but": asked.work_id or 0,
        **LIMITS,
    }
    with connection.cursor() as cursor:
        cursor.execute(MET, given)
        met = cursor.fetchall()
    others = in_bulk([pk for pk, _same, _metres in met], rights)
    met_here = [judged(asked, others[pk], metres) for pk, _same, metres in met if pk in others]
    found = [one for one in met_here if one]
    found += [one for finder in CONFLICT_FINDERS.all() for one in finder.find(asked, rights)]
    return sorted(found, key=lambda one: (-one.gravity, one.work.starts_on, one.work.pk))


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


def marks_of(works: Sequence[Work], rights: Rights) -> Mapping[int, list[Found]]:
    """The conflicts of each of these works that has some, in one question."""
    mine = {one.pk: one for one in works}
    with connection.cursor() as cursor:
        cursor.execute(MET_BY_ALL, {"ids": list(mine), **LIMITS, "most": MOST_PAIRS})
        met = cursor.fetchall()
    others = in_bulk({pk for _mine, pk, _same, _metres in met}, rights)
    found: dict[int, list[Found]] = defaultdict(list)
    for pk, other, _same, metres in met:
        if other in others and (one := judged(Asked.of(mine[pk]), others[other], metres)):
            found[pk].append(one)
    for finder in CONFLICT_FINDERS.all():
        for pk, one in finder.find_for_many(mine, rights):
            found[pk].append(one)
    return found


def in_bulk(ids: Iterable[int], rights: Rights) -> dict[int, Work]:
    seen = Work.objects.visible_to(rights).filter(pk__in=list(ids)).select_related("owner").defer("geom")
    return {one.pk: one for one in seen}


# -- judging ----------------------------------------------------------------------------------------------------------


def judged(asked: Asked, other: Work, metres: float) -> Found | None:
    """None where they only follow each other."""
    if share_days(asked, other):
        gravity, why = at_other_hours(asked, other) or met(asked, other)
        why = f"{why} {where(metres)} {when(asked, other)}".strip()
    elif digs_up(asked, other):
        gravity, why = Gravity.SERIOUS, fresh(asked, other)
    else:
        return None
    return Found(work=other, gravity=gravity, why=why, metres=metres)


def met(asked: Asked, other: Work) -> tuple[Gravity, str]:
    """How gravely works of the same days on one stretch hinder each other, and why."""
    closing = (asked.measure in CLOSING) + (other.measure in CLOSING)
    if closing == 2:
        return Gravity.GRAVE, _("Both close the road: do them together, or one after the other.")
    event = (asked.kind == Work.Kind.EVENT) != (other.kind == Work.Kind.EVENT)
    if closing and event:
        return Gravity.GRAVE, _("An event takes place where works close the road: move one of them.")
    if closing and {asked.measure, other.measure} & (HINDERING - CLOSING):
        return Gravity.GRAVE, _("The road is closed where the other works count on traffic passing: agree on the days.")
    if event:
        return Gravity.SERIOUS, _("An event and works on the same stretch: agree with the organiser.")
    if asked.kind == other.kind == Work.Kind.EVENT:
        return Gravity.SERIOUS, _("Two events on the same stretch: agree with both organisers.")
    if closing:
        return Gravity.SERIOUS, _(
            "The road is closed where other works are under way: check that their crew gets there."
        )
    if asked.measure in HINDERING and other.measure in HINDERING:
        return Gravity.SERIOUS, _("Both hinder traffic on the same stretch: agree on one set of signs.")
    return Gravity.NEAR, _("Works side by side: tell each other.")


def shared_days(asked: Asked, other: Work) -> tuple[date, date]:
    """From when to when both are there; the other way round where they never are. A night has its morning, too."""
    ends = last_day(asked.ends_on, asked.hours), last_day(other.ends_on, other.hours or "")
    return max(asked.starts_on, other.starts_on), min(ends)


def share_days(asked: Asked, other: Work) -> bool:
    """A morning that only ends before the other ones begin is none that they share."""
    first, last = shared_days(asked, other)
    follow = first > min(asked.ends_on, other.ends_on) and never_together(*taken(asked, other))
    return first <= last and not follow


def taken(asked: Asked, other: Work) -> tuple[Taken, Taken]:
    return (
        Taken(asked.starts_on, asked.ends_on, asked.hours),
        Taken(other.starts_on, other.ends_on, other.hours or ""),
    )


def at_other_hours(asked: Asked, other: Work) -> tuple[Gravity, str] | None:
    """What is said of works of the same days that are never there together: some by day, some by night."""
    here, there = taken(asked, other)
    if not never_together(here, there):
        return None
    words = _("On the same days at other hours (these %(here)s, the others %(there)s): tell each other.")
    return Gravity.NEAR, words % {"here": hours_said(here.hours), "there": hours_said(there.hours)}


def hours_said(hours: str) -> str:
    return "–".join(time_said(one) for one in hours_of(hours))


def digs_up(asked: Asked, other: Work) -> bool:
    """Whether what comes later of both digs where the other leaves a new surface."""
    if asked.starts_on > other.ends_on:
        return other.new_surface and asked.kind in DIGGING
    return asked.new_surface and other.kind in DIGGING


def fresh(asked: Asked, other: Work) -> str:
    """One of both digs up the new surface of the other."""
    if other.new_surface and other.ends_on < asked.starts_on:
        words = _("The surface here is new since %(day)s: digging it up is usually refused for %(months)s months.")
    else:
        words = _("These works will dig up the new surface from %(day)s on: have them done before.")
    day = other.ends_on if other.new_surface and other.ends_on < asked.starts_on else other.starts_on
    return words % {"day": day_said(day), "months": FRESH_MONTHS}


def where(metres: float) -> str:
    if metres < CROSSING_M:
        return _("They meet at a crossing or at their ends,")
    return _("They share %(metres)s m of road,") % {"metres": display_number(metres, 0)}


def when(asked: Asked, other: Work) -> str:
    return said(*shared_days(asked, other)) + "."
