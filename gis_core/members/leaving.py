"""People who leave: what they are in charge of is a colleague's, and their access ends now or on their last day."""

from __future__ import annotations

import logging
from datetime import date

from django.db import transaction

from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError
from gis_core.members import absences, handover, people
from gis_core.members.rights import SYSTEM, Rights, acting_as
from gis_core.models import Absence, Membership, User

log = logging.getLogger("arpent.members")


@transaction.atomic
def leave(
    *, rights: Rights, membership: Membership, colleague: User | None, last_date: date | None = None
) -> list[handover.Part]:
    """Somebody leaves for good: a colleague takes over today what they are in charge of, and their access ends.

    It ends at once, or with `last_date`. Returns what was handed over. Raises Invalid, Forbidden, Conflict (the last
    administrator): nothing changes then.
    """
    membership = people.lock_membership(membership)
    people.check_may_give(rights, membership.member, membership.role)
    parts = []
    with acting_as(rights):
        Absence.objects.filter(owner=membership.member, person=membership.user, ended_at=None).update(
            ended_at=database_clock.now()
        )
        covered = Absence.objects.filter(owner=membership.member, colleague=membership.user, ended_at=None)
        covered.update(colleague=colleague)
        if colleague:
            parts = handover.hand_over(
                person=membership.user, member=membership.member, colleague=colleague, rights=rights
            )
    if last_date is None:
        people.remove(rights=rights, membership=membership, colleague=colleague)
    else:
        people.set_last_date(rights=rights, membership=membership, last_date=last_date)
    return parts


def end_memberships() -> int:
    """End the memberships whose last day is over (the worker's task); how many. They give no rights any more anyway."""
    over = Membership.objects.filter(last_date__lt=database_clock.today()).select_related("member", "user")
    ended = 0
    for membership in over.order_by("pk"):
        away = absences.absences_of(membership.member).get(membership.user_id)
        try:
            people.remove(
                rights=SYSTEM, membership=membership, why="end_date", colleague=away.colleague if away else None
            )
            ended += 1
        except ArpentError as error:
            log.warning("a membership does not end: %s", error.message, extra={"fields": {"membership": membership.pk}})
    return ended


def follow_people(timestamp: int) -> None:
    """Every five minutes: memberships end, roles by a provider lapse, absences begin and end, reviews go on."""
    from gis_core.accounts import joined
    from gis_core.members import reviews

    with acting_as(SYSTEM):
        end_memberships()
        joined.end_lapsed()
        absences.follow_absences(SYSTEM)
        reviews.follow_reviews()
