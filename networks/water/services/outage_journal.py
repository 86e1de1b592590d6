"""The journal of an outage: when the break was found, valves closed and opened again, it was repaired, water came back.

A line is never changed: who corrects a time strikes it out and records another. The outage's own beginning and end
follow its journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.desk.journal import strike_out
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import User
from networks.water.models import Outage, OutageEntry

type Kind = str
TIMES: Final = ("found", "closed", "repaired", "opened", "back")
"""Kinds of lines that are times of the work, in the order in which they come."""
OF_A_VALVE: Final = ("closed", "opened")
AHEAD: Final = timedelta(minutes=5)
"""Clocks of telephones differ from the server's by so much."""
YEARS: Final = range(2000, 2101)
LONGEST_NOTE: Final = 2000
MOST_TURNS: Final = 500


@dataclass(frozen=True, slots=True)
class Journal:
    """All lines of an outage, in the order of their times; those that were struck out count no more."""

    entries: Sequence[OutageEntry]

    def current(self) -> list[OutageEntry]:
        return [one for one in self.entries if not one.struck_at]

    def find(self, kind: Kind, valve: int | None = None) -> OutageEntry | None:
        """The line of a kind that counts, of a valve for the kinds that are of one."""
        return next((one for one in self.current() if one.kind == kind and one.valve == valve), None)

    def by_valve(self, kind: Kind) -> dict[int, OutageEntry]:
        return {one.valve: one for one in self.current() if one.kind == kind and one.valve is not None}

    def doubts(self) -> list[str]:
        """Which times stand in an order that cannot be, to the minute."""
        stages = [rows for kind in TIMES if (rows := [one for one in self.current() if one.kind == kind])]
        doubtful = []
        for before, after in pairwise(stages):
            late, early = max(before, key=minute_of), min(after, key=minute_of)
            if minute_of(late) > minute_of(early):
                message = _("“%(later)s” stands before “%(sooner)s”: check both times.")
                doubtful.append(message % {"later": early, "sooner": late})
        return doubtful


def minute_of(entry: OutageEntry) -> datetime:
    return entry.at.replace(second=0, microsecond=0)


def journal_of(outage: Outage) -> Journal:
    """Its lines with who recorded and struck them; the beginning and the end of one kept before it had a journal."""
    rows = OutageEntry.objects.filter(outage=outage).select_related("recorded_by", "struck_by")
    entries = list(rows)
    known = {one.kind for one in entries if not one.struck_at}
    if "found" not in known:
        entries.append(line_without_journal(outage, "found", outage.started_at, outage.started_by))
    if outage.ended_at and "back" not in known:
        entries.append(line_without_journal(outage, "back", outage.ended_at, outage.ended_by))
    return Journal(sorted(entries, key=lambda one: (one.at, one.pk or 0)))


def line_without_journal(outage: Outage, kind: Kind, at: datetime, by: User | None) -> OutageEntry:
    """A line that is not kept."""
    return OutageEntry(outage=outage, kind=kind, at=at, recorded_by=by, recorded_at=at)


# -- who, and which outage --------------------------------------------------------------------------------------------


def may_change(owner_id: int, rights: Rights) -> bool:
    return rights.has_role(owner_id, TECHNICIANS)


def lock_outage(outage: Outage, rights: Rights) -> Outage:
    """The outage, which nobody else changes until the end, for who may change it.

    Raises Forbidden, Conflict (it is struck out).
    """
    if not may_change(outage.owner_id, rights):
        raise Forbidden(_("Network technicians and GIS administrators of this member record outages."))
    locked = Outage.objects.select_for_update().get(pk=outage.pk)
    check_not_struck(locked)
    return locked


def check_not_struck(outage: Outage) -> None:
    """Refuse an outage that counts no more. Raises Conflict."""
    if outage.struck_at:
        raise Conflict(_("This outage is struck out: nothing of it is changed any more."))


def valves_of(outage: Outage) -> dict[int, Mapping[str, Any]]:
    """The valves that its answer knows, by their ids."""
    return {one["id"]: one for one in outage.answer["valves"]}


# -- times ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_time(
    outage: Outage,
    *,
    kind: Kind,
    at: datetime | None = None,
    valve: int | None = None,
    turns: int | None = None,
    rights: Rights,
) -> OutageEntry:
    """Record a time of the work, now unless said when; another one than is known already corrects that one.

    `turns` are those of the valve.

    Raises Forbidden, Conflict, Invalid.
    """
    locked = lock_outage(outage, rights)
    check_kind(locked, kind, valve)
    if kind == "back" and locked.state == Outage.State.OPEN:
        raise Invalid(_("Say that the water is back: this ends the outage."), parameter="kind")
    if turns is not None and (kind not in OF_A_VALVE or not 0 < turns <= MOST_TURNS):
        raise Invalid(_("The turns of a valve: between 1 and %(most)s.") % {"most": MOST_TURNS}, parameter="turns")
    former = journal_of(locked).find(kind, valve)
    if former and is_same(former, at, turns):
        return former
    made = put_entry(
        locked, kind=kind, at=at or (former.at if former else None), valve=valve, turns=turns, former=former,
        rights=rights,
    )  # fmt: skip
    follow_times(locked, made, rights)
    return made


def is_same(entry: OutageEntry, at: datetime | None, turns: int | None) -> bool:
    """Whether what is said now is what the line says, to the minute."""
    same_minute = at is None or minute_of(entry) == at.replace(second=0, microsecond=0)
    return same_minute and turns in (None, entry.turns)


def check_kind(outage: Outage, kind: Kind, valve: int | None) -> None:
    """Refuse what is no time of the work, or of no valve of the outage. Raises Invalid."""
    if kind not in TIMES:
        raise Invalid(_("This choice is not offered: choose one of the list."), parameter="kind")
    if kind in OF_A_VALVE or valve is not None:
        check_valve(outage, valve if kind in OF_A_VALVE else None)


def check_valve(outage: Outage, valve: int | None) -> None:
    """Refuse a valve that the answer of the outage does not know. Raises Invalid."""
    if valve is None or valve not in valves_of(outage):
        raise Invalid(_("This valve is none of the outage."), parameter="valve")


def put_entry(
    outage: Outage,
    *,
    kind: Kind,
    at: datetime | None = None,
    valve: int | None = None,
    turns: int | None = None,
    note: str = "",
    former: OutageEntry | None = None,
    rights: Rights,
) -> OutageEntry:
    """Write a line of an outage that is locked; the `former` one, which it replaces, is struck out. Raises Invalid."""
    moment = at or database_clock.now()
    check_moment(moment)
    if former and former.pk:
        strike_entry(former, _("Corrected"), rights)
    reference = (valves_of(outage).get(valve) or {}).get("reference") if valve is not None else ""
    return OutageEntry.objects.create(
        outage=outage, kind=kind, at=moment, valve=valve, turns=turns, reference=(reference or str(valve or ""))[:254],
        note=note.replace("\x00", "").strip()[:LONGEST_NOTE], recorded_by_id=rights.user_id,
        replaces=former if former and former.pk else None,
    )  # fmt: skip


def strike_entry(entry: OutageEntry, reason: str, rights: Rights) -> None:
    strike_out(
        entry, reason, rights, struck_already=_("This line is struck out already."),
        unexplained=_("Say why the line is struck out."), reason_field="strike_reason",
    )  # fmt: skip


def follow_times(outage: Outage, entry: OutageEntry, rights: Rights) -> None:
    """The beginning and the end of an outage are those of its journal."""
    if entry.kind == "found":
        outage.started_at = entry.at
        outage.save(update_fields=["started_at"])
    elif entry.kind == "back":
        outage.ended_at, outage.ended_by_id = entry.at, rights.user_id
        outage.save(update_fields=["ended_at", "ended_by"])


def check_moment(at: datetime) -> None:
    """Refuse what has not happened yet, and a year that was typed short. Raises Invalid."""
    if at.year not in YEARS:
        raise Invalid(_("Check the year: it is written with four digits."), parameter="at")
    if at > database_clock.now() + AHEAD:
        now = f"{localtime(database_clock.now()):%H:%M}"
        raise Invalid(_("This time has not come yet: it is %(now)s.") % {"now": now}, parameter="at")


@transaction.atomic
def strike_line(outage: Outage, entry_id: int, reason: str, *, rights: Rights) -> OutageEntry:
    """Strike out a wrong line; when the break was found and when water was back are corrected instead.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    locked = lock_outage(outage, rights)
    entry = OutageEntry.objects.select_for_update().filter(outage=locked, pk=entry_id).first()
    if entry is None:
        raise NotFound(_("There is no such line in the journal of this outage."))
    if entry.kind not in ("closed", "opened", "repaired"):
        raise Conflict(_("This line is not struck out: correct its time, or open the outage again."))
    strike_entry(entry, reason, rights)
    return entry
