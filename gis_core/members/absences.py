"""People who are away: a colleague does their work from the first day to the last, then has it no more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.rows import first_of
from gis_core.errors import Conflict, Invalid
from gis_core.members import handover
from gis_core.members.failures import logged_failure
from gis_core.members.people import check_may_give, lock_membership
from gis_core.members.rights import Rights, acting_as
from gis_core.models import Absence, Member, Membership, User

MOST_DAYS: Final = 731


def absences_of(member: Member) -> dict[int, Absence]:
    """The absences of a member's people that are not over, by the id of the person."""
    rows = Absence.objects.filter(owner=member, ended_at=None).select_related("colleague")
    return {one.person_id: one for one in rows}


@transaction.atomic
def record_absence(
    *, rights: Rights, membership: Membership, colleague: User | None, first_date: date, last_date: date
) -> Absence:
    """Note that somebody is away; their work is the colleague's at once where the first day has come.

    Raises Invalid (days), Forbidden, Conflict (an absence of theirs is not over).
    """
    membership = lock_membership(membership)
    check_may_give(rights, membership.member, membership.role)
    check_days(first_date, last_date)
    with acting_as(rights):
        if Absence.objects.filter(owner=membership.member, person=membership.user, ended_at=None).exists():
            raise Conflict(_("An absence of this person is not over yet: end it first."))
        absence = Absence.objects.create(
            owner=membership.member, person=membership.user, colleague=colleague, first_date=first_date,
            last_date=last_date,
        )  # fmt: skip
        if first_date <= database_clock.today():
            begin_absence(absence, rights)
    return absence


def check_days(first_date: date, last_date: date) -> None:
    """Raise Invalid for days that no absence has: the last before the first, or past, or more than two years away."""
    today = database_clock.today()
    if last_date < first_date:
        raise Invalid(_("The last day comes after the first."), parameter="last_date")
    if not today <= last_date <= today + timedelta(days=MOST_DAYS) or first_date < today - timedelta(days=MOST_DAYS):
        message = _("An absence ends today or later, two years away at most.")
        raise Invalid(message, parameter="last_date")


def begin_absence(absence: Absence, rights: Rights) -> None:
    """The colleague takes over what the person is in charge of today."""
    absence.handed_at = database_clock.now()
    if absence.colleague:
        parts = handover.hand_over(
            person=absence.person, member=absence.owner, colleague=absence.colleague, rights=rights
        )
        absence.work = {one.work.name: one.numbers for one in parts if not one.refusal}
    absence.save(update_fields=["handed_at", "work"])


@transaction.atomic
def end_absence(*, rights: Rights, membership: Membership) -> Absence:
    """The person is back: they have again what is still the colleague's of what they gave.

    Raises NotFound (they are not away), Forbidden.
    """
    membership = lock_membership(membership)
    check_may_give(rights, membership.member, membership.role)
    with acting_as(rights):
        open_ones = Absence.objects.filter(owner=membership.member, person=membership.user, ended_at=None)
        absence = first_of(open_ones.select_related("colleague", "person", "owner"))
        give_back(absence, rights)
    return absence


def give_back(absence: Absence, rights: Rights) -> None:
    """End an absence. The caller has asked for the right."""
    if absence.colleague and absence.work:
        handover.hand_over(
            person=absence.colleague, member=absence.owner, colleague=absence.person, rights=rights, only=absence.work
        )
    absence.ended_at = database_clock.now()
    absence.save(update_fields=["ended_at"])


def follow_absences(rights: Rights) -> None:
    """Begin those whose first day has come, end those whose last day is over (the worker's task).

    One that cannot is in the log; the others go on.
    """
    today = database_clock.today()
    with acting_as(rights):
        rows = Absence.objects.filter(ended_at=None).select_related("colleague", "person", "owner").order_by("pk")
        for absence in rows.filter(last_date__lt=today):
            with logged_failure("an absence does not end", absence=absence.pk), transaction.atomic():
                give_back(absence, rights)
        for absence in rows.filter(handed_at=None, first_date__lte=today, last_date__gte=today):
            with logged_failure("an absence does not begin", absence=absence.pk), transaction.atomic():
                begin_absence(absence, rights)
