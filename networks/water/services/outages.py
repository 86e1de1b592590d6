"""Outages kept: saved with their answer, read again as they were, ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, NotFound, Stale
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import User
from networks.water.models import Outage, OutageQuerySet
from networks.water.services import answers
from networks.water.services.isolation import Request, isolate_breaks, isolation_as_json

type Json = dict[str, Any]

LONGEST_COMMENT: Final = 2000
LONGEST_PLACE: Final = 200


def outages_seen_by(rights: Rights) -> OutageQuerySet:
    """Newest first, without their answers."""
    return Outage.objects.visible_to(rights).select_related("owner", "started_by").defer("answer", "question")


def outage_seen_by(outage_id: int, rights: Rights) -> Outage:
    """An outage that the user sees, its answer without what is not for them. Raises NotFound."""
    people = ("owner", "started_by", "ended_by")
    outage = Outage.objects.visible_to(rights).select_related(*people).filter(pk=outage_id).first()
    if outage is None:
        raise NotFound(_("There is no such outage, or you may not see it."))
    outage.answer = answers.for_whom(outage.answer, outage.owner_id, rights)
    return outage


def may_change(owner_id: int, rights: Rights) -> bool:
    return rights.has_role(owner_id, TECHNICIANS)


@transaction.atomic
def save_outage(request: Request, *, comment: str, user: User, rights: Rights) -> Outage:
    """Isolate, and keep the answer. Raises NotFound, Invalid, Forbidden."""
    graph, breaks, isolation = isolate_breaks(request)
    if not may_change(graph.owner, rights):
        raise Forbidden(_("Network technicians and GIS administrators of this member record outages."))
    answer = isolation_as_json(graph, breaks, isolation)
    if answer["connections"]["truncated"]:
        # Who is told of the cut are all of them, however few a page shows.
        answer["connections"]["every"] = answers.every_served(isolation.zone | isolation.cut_off)
    return Outage.objects.create(
        owner_id=graph.owner,
        place=describe_outage_place(answer)[:LONGEST_PLACE],
        question=request.as_json(),
        answer=answer,
        valves=len(isolation.to_close),
        connections=answer["connections"]["count"],
        comment=comment[:LONGEST_COMMENT],
        started_at=database_clock.now(),
        started_by=user,
    )


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
def end_outage(outage: Outage, *, version: int, user: User, rights: Rights) -> Outage:
    """The water is back. Raises Forbidden, Stale, Conflict."""
    if not may_change(outage.owner_id, rights):
        raise Forbidden(_("Network technicians and GIS administrators of this member record outages."))
    locked = Outage.objects.select_for_update().get(pk=outage.pk)
    if locked.state == Outage.State.ENDED:
        raise Conflict(_("This outage is over already."))
    if locked.version != version:
        raise Stale(_("This outage has changed since you opened it: look at it again."))
    locked.state, locked.ended_at, locked.ended_by = Outage.State.ENDED, database_clock.now(), user
    locked.save(update_fields=["state", "ended_at", "ended_by"])
    return locked


def by_street(valves: Sequence[Json]) -> list[Json]:
    return sorted(valves, key=lambda one: (not one["address"], answers.as_read(bare(one["address"] or "")), one["id"]))


def bare(address: str) -> str:
    """An address without the word that stands before it."""
    word = (_("near %(address)s") % {"address": ""}).strip()
    return address.removeprefix(word).strip()
