"""Outages kept: saved with their answer, read again as they were, ended, opened again, struck out where twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.desk.journal import strike_out
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Membership, User
from networks.water import code_lists
from networks.water.models import Outage, OutageQuerySet
from networks.water.services import answers
from networks.water.services.isolation import Request, isolate_breaks, isolation_as_json
from networks.water.services.outage_journal import (
    journal_of,
    lock_outage,
    may_change,
    put_entry,
    strike_entry,
)

type Json = dict[str, Any]

LONGEST_COMMENT: Final = 2000
LONGEST_PLACE: Final = 200
LONGEST_REASON: Final = 300
MOST_OTHERS: Final = 30
MOST_BEFORE: Final = timedelta(days=7)
"""A valve said to be closed longer before its outage is kept was not closed for it."""


def outages_seen_by(rights: Rights) -> OutageQuerySet:
    """Newest first, without their answers."""
    return (
        Outage.objects.visible_to(rights).select_related("owner", "started_by", "in_charge").defer("answer", "question")
    )


def outage_seen_by(outage_id: int, rights: Rights) -> Outage:
    """An outage that the user sees, its answer without what is not for them. Raises NotFound."""
    people = ("owner", "started_by", "ended_by", "struck_by", "in_charge", "duplicate_of")
    rows = Outage.objects.visible_to(rights).select_related(*people)
    outage = rows.defer("duplicate_of__answer", "duplicate_of__question").filter(pk=outage_id).first()
    if outage is None:
        raise NotFound(_("There is no such outage, or you may not see it."))
    outage.answer = answers.for_whom(outage.answer, outage.owner_id, rights)
    return outage


@transaction.atomic
def save_outage(
    request: Request,
    *,
    comment: str,
    user: User,
    rights: Rights,
    closed: Mapping[int, datetime | None] | None = None,
) -> Outage:
    """Isolate, and keep the answer; of the valves `closed` already, when, where it is known.

    Raises NotFound, Invalid, Forbidden.
    """
    graph, breaks, isolation = isolate_breaks(request)
    if not may_change(graph.owner, rights):
        raise Forbidden(_("Network technicians and GIS administrators of this member record outages."))
    answer = isolation_as_json(graph, breaks, isolation)
    if answer["connections"]["truncated"]:
        # Who is told of the cut are all of them, however few a page shows.
        answer["connections"]["every"] = answers.every_served(isolation.zone | isolation.cut_off)
    now = database_clock.now()
    closings = closing_times(answer, closed or {}, now)
    made = Outage.objects.create(
        owner_id=graph.owner,
        place=describe_outage_place(answer)[:LONGEST_PLACE],
        question=request.as_json(),
        answer=answer,
        valves=len(isolation.to_close),
        connections=answer["connections"]["count"],
        comment=comment[:LONGEST_COMMENT],
        started_at=min([now, *closings.values()]),
        started_by=user,
        pipes=sorted({one.pipe for one in breaks if one.pipe is not None}),
    )
    put_entry(made, kind="found", at=made.started_at, rights=rights)
    for valve, at in closings.items():
        put_entry(made, kind="closed", at=at, valve=valve, rights=rights)
    return made


def closing_times(answer: Json, closed: Mapping[int, datetime | None], now: datetime) -> dict[int, datetime]:
    """When the valves to close, or those that may be, were closed; a time that cannot be is `now`."""
    known = {one["id"] for one in answer["valves"] if one["status"] in ("close", "optional")}
    return {
        valve: at if at is not None and now - MOST_BEFORE <= at <= now else now
        for valve, at in closed.items()
        if valve in known
    }


def describe_outage_place(answer: Json) -> str:
    """Where it is, as people say it: the nearest address that loses its water, that of a valve, or the pipe."""
    described = [*answer["connections"]["results"], *answer["valves"]]
    addressed = [one for one in described if one["address"]]
    here = answer["breaks"][0]["point"]
    if addressed:
        nearest = min(addressed, key=lambda one: (answers.metres(here, one["point"]), one["id"]))
        return bare(nearest["address"])
    references = [one["reference"] for one in answer["breaks"] if one["reference"]]
    return _("pipe %(reference)s") % {"reference": ", ".join(references)} if references else ""


@transaction.atomic
def end_outage(outage: Outage, *, version: int, user: User, rights: Rights, at: datetime | None = None) -> Outage:
    """The water is back, now unless said when. Raises Forbidden, Stale, Conflict, Invalid."""
    locked = lock_outage(outage, rights)
    if locked.state == Outage.State.ENDED:
        raise Conflict(_("This outage is over already."))
    if locked.version != version:
        raise Stale(_("This outage has changed since you opened it: look at it again."))
    made = put_entry(locked, kind="back", at=at, rights=rights)
    locked.state, locked.ended_at, locked.ended_by = Outage.State.ENDED, made.at, user
    locked.save(update_fields=["state", "ended_at", "ended_by"])
    return locked


@transaction.atomic
def reopen_outage(outage: Outage, *, reason: str, rights: Rights) -> Outage:
    """An outage that was said to be over goes on, for a reason that its journal keeps.

    Raises Forbidden, Conflict, Invalid.
    """
    locked = lock_outage(outage, rights)
    if locked.state == Outage.State.OPEN:
        raise Conflict(_("This outage is under way: there is nothing to open again."))
    why = check_reason(reason)
    ended = journal_of(locked).find("back")
    if ended and ended.pk:
        strike_entry(ended, why, rights)
    put_entry(locked, kind="reopened", note=why, rights=rights)
    locked.state, locked.ended_at, locked.ended_by = Outage.State.OPEN, None, None
    locked.save(update_fields=["state", "ended_at", "ended_by"])
    return locked


def check_reason(reason: str) -> str:
    """The reason without blanks around it. Raises Invalid where nothing is said."""
    why = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not why:
        raise Invalid(_("Say why."), parameter="reason")
    return why


@transaction.atomic
def set_cause(outage: Outage, cause: str, *, rights: Rights) -> Outage:
    """Why it broke, as far as is known ("": not yet). Raises Forbidden, Conflict, Invalid."""
    locked = lock_outage(outage, rights)
    if cause and cause not in code_lists.CAUSES:
        raise Invalid(_("This choice is not offered: choose one of the list."), parameter="cause")
    locked.cause = cause
    locked.save(update_fields=["cause"])
    return locked


def technicians_of(owner_id: int) -> dict[int, User]:
    """Who may take an outage of this member over, by their ids, by name."""
    people = Membership.objects.accepted().filter(member=owner_id, role__in=TECHNICIANS, user__is_active=True)
    people = people.select_related("user").order_by("user__last_name", "user__username")
    return {one.user_id: one.user for one in people}


@transaction.atomic
def hand_over(outage: Outage, *, to: int | None, note: str, rights: Rights) -> Outage:
    """Note what the next shift must know, and who is in charge from now on (None: as before).

    Raises Forbidden, Conflict, Invalid.
    """
    locked = lock_outage(outage, rights)
    lines = [note.strip()] if note.strip() else []
    if to is not None:
        person = technicians_of(locked.owner_id).get(to)
        if person is None:
            raise Invalid(_("Choose a network technician or a GIS administrator of this member."), parameter="to")
        locked.in_charge = person
        locked.save(update_fields=["in_charge"])
        lines.insert(0, _("In charge: %(name)s") % {"name": person})
    if not lines:
        raise Invalid(_("Write a note, or say who is in charge."), parameter="note")
    put_entry(locked, kind="handed", note="\n".join(lines), rights=rights)
    return locked


@transaction.atomic
def strike_outage(outage: Outage, *, reason: str, duplicate_of: int | None = None, rights: Rights) -> Outage:
    """Take an outage recorded twice or by mistake out of the lists; it stays to be seen, and leads to the other one.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    locked = lock_outage(outage, rights)
    kept = None
    if duplicate_of is not None:
        kept = Outage.objects.visible_to(rights).filter(owner=locked.owner_id, pk=duplicate_of).first()
        if kept is None:
            raise NotFound(_("This member has no outage of this number."), parameter="duplicate_of")
        if kept.pk == locked.pk or kept.struck_at:
            raise Invalid(_("Choose another outage, which is not struck out."), parameter="duplicate_of")
    locked.duplicate_of = kept
    locked.save(update_fields=["duplicate_of"])
    strike_out(
        locked, reason, rights, struck_already=_("This outage is struck out already."),
        unexplained=_("Say why the outage is struck out."), reason_field="strike_reason",
    )  # fmt: skip
    return locked


def duplicates_of(outage: Outage, rights: Rights) -> list[Outage]:
    """The outages that were struck out as the same as this one, of those that the asker sees."""
    return list(outages_seen_by(rights).filter(duplicate_of=outage))


def others_of(outage: Outage, rights: Rights) -> list[Outage]:
    """The latest outages of the same member that an outage may be a duplicate of."""
    rows = outages_seen_by(rights).filter(owner=outage.owner_id, struck_at=None).exclude(pk=outage.pk)
    return list(rows[:MOST_OTHERS])


def by_street(valves: Sequence[Json]) -> list[Json]:
    return sorted(valves, key=lambda one: (not one["address"], answers.as_read(bare(one["address"] or "")), one["id"]))


def bare(address: str) -> str:
    """An address without the word that stands before it."""
    word = (_("near %(address)s") % {"address": ""}).strip()
    return address.removeprefix(word).strip()
