"""Who must have a second factor: found out once at each sign-in, and kept in the session, so that no request asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from psycopg import sql

from gis_core.accounts.joining import amr_of_session
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.models import Member, SecondFactorRule, User
from gis_core.points import FACTOR_NEEDS

DUE = "second_factor_due"
"""In the session of who must set up a second factor before anything else."""
POSSESSION = frozenset({"otp", "totp", "hwk", "swk", "sc", "pop"})

NEEDED = sql.SQL("""
    arpent.in_force(m.accepted_at, m.last_date) and (o.needs_second_factor or ({by_role})
        and (select by_role from public.gis_core_secondfactorrule) is true)
""")
IS_NEEDED = sql.SQL("""
    select exists (select from public.gis_core_membership m join public.gis_core_member o on o.id = m.member_id
        where m.user_id = %s and {needed})
""")
COUNTS = sql.SQL("""
    select count(*), count(*) filter (where not exists (
        select from public.mfa_authenticator a where a.user_id = u.id and a.type <> 'recovery_codes'))
    from public.gis_core_user u where u.is_active and exists (
        select from public.gis_core_membership m where m.user_id = u.id
            and arpent.in_force(m.accepted_at, m.last_date) and ({by_role}))
""")


def by_role() -> sql.Composable:
    """Whether the membership `m` is of those that need a second factor where the platform wants it."""
    return sql.SQL(" or ").join(sql.SQL("({})").format(sql.SQL(need.condition)) for need in FACTOR_NEEDS.all())


def is_needed(user: User) -> bool:
    """Whether a role of theirs, or a member, wants a second factor of this person (one statement)."""
    needed = NEEDED.format(by_role=by_role())
    return bool(fetch_one(IS_NEEDED.format(needed=needed), [user.pk])[0])


def count_people() -> tuple[int, int]:
    """How many people the requirement by role is about, and how many of them have no second factor yet."""
    ((people, without),) = fetch_all(COUNTS.format(by_role=by_role()))
    return people, without


def is_by_role() -> bool:
    """Whether the platform wants a second factor of those roles."""
    return SecondFactorRule.objects.filter(by_role=True).exists()


def want_by_role(wanted: bool) -> None:
    """Switch the requirement by role on or off for the next sign-ins."""
    SecondFactorRule.objects.update_or_create(pk=1, defaults={"by_role": wanted})


def want_of_member(member: Member, wanted: bool) -> None:
    """Switch the requirement of one member on or off for the next sign-ins of its people."""
    Member.objects.filter(pk=member.pk).update(needs_second_factor=wanted)


def has_factor(user: User) -> bool:
    """Whether the person has an application or a key; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def people_with_factor(ids: Iterable[int]) -> set[int]:
    """Those of these people who have an application or a key."""
    factors = Authenticator.objects.filter(user__in=list(ids)).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(factors.values_list("user_id", flat=True))


def was_given_elsewhere(request: HttpRequest, user: AbstractBaseUser | None) -> bool:
    """Whether the provider by which this very person signed in just now says that a second factor was used there."""
    records = get_authentication_records(request, user)
    if not records or records[-1].get("method") != "socialaccount":
        return False
    amr = amr_of_session(request)
    return "mfa" in amr or ("pwd" in amr and bool(amr & POSSESSION))


def is_due(request: HttpRequest) -> bool:
    """Whether who is signed in must set up a second factor first."""
    return bool(request.session.get(DUE))


@receiver(user_logged_in)
def note_at_sign_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Keep in the new session whether a second factor is missing."""
    request.session.pop(DUE, None)
    note_missing(request, user)


def note_missing(request: HttpRequest, user: User) -> None:
    """Keep in the session that a second factor is missing, where one is needed now."""
    if is_needed(user) and not was_given_elsewhere(request, user) and not has_factor(user):
        request.session[DUE] = True


@receiver(authenticator_removed)
def note_removed(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Who removes the last one sets up another at once where it is needed."""
    if request.user.pk == user.pk and not has_factor(user) and is_needed(user):
        request.session[DUE] = True
