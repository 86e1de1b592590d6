"""Identities that are joined to accounts: whose they are, how one is removed, and when what they gave ends."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.accounts.joining import CLOSED_BY_RULE, FORGOTTEN, SESSION_KEY, forgotten_rows, provider_of, rows_of
from gis_core.accounts.providers.choosing import may_use_password
from gis_core.accounts.sessions import is_of
from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError, Conflict, NotFound
from gis_core.members import people
from gis_core.members.rights import ANONYMOUS, SYSTEM, Rights
from gis_core.models import Membership, SignInMethod, User
from gis_core.operations import security_journal as security

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger("arpent.accounts")
LAPSE_DAYS: Final = 30
"""A role that a provider's rule gave ends when its owner has not come by it for so long; directories are read."""


def joined_by(user: User) -> list[tuple[int, SignInMethod]]:
    """The identities that open an account: the number of each, and its method."""
    methods = {provider_of(one): one for one in SignInMethod.objects.select_related("member")}
    own = SocialAccount.objects.filter(user=user).exclude(uid__startswith=FORGOTTEN)
    rows = own.order_by("pk").values_list("pk", "provider")
    return [(number, methods[provider]) for number, provider in rows if provider in methods]


@transaction.atomic
def remove_joined(user: User, number: int, *, keep: str = "") -> SignInMethod:
    """Have one of a person's identities open their account no longer; its sessions end, but the one in use (`keep`).

    Raises NotFound, Conflict where it is the only way in, or still gives them a role.
    """
    people.lock_people()
    identities = dict(joined_by(user))
    method = identities.pop(number, None)
    if method is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    others = any(one.active for one in identities.values())
    if not others and not (user.has_usable_password() and may_use_password(user)):
        raise Conflict(_("This is your only way in: set a password, or join another identity, first."))
    if given := user.memberships.filter(given_by=method).select_related("member").first():
        raise Conflict(
            _(
                "“%(method)s” gives you your role at %(member)s: "
                "its administrator gives you one by hand, or none, first."
            )
            % {"method": method, "member": given.member}
        )
    SocialAccount.objects.filter(user=user, pk=number).delete()
    end_sessions_by(method, user, keep=keep)
    security.record_committed("identity_removed", account=user.pk, method=method.pk)
    return method


def end_sessions_by(method: SignInMethod, user: User | None = None, *, keep: str = "") -> int:
    """End the sessions that a method opened, of everybody or of one person, but one (`keep`, its key); how many."""
    open_ones = Session.objects.filter(expire_date__gt=Now()).exclude(session_key=keep)
    store = SessionStore()
    keys = []
    for one in open_ones.iterator():
        content = store.decode(one.session_data)
        if content.get(SESSION_KEY, {}).get("method") == method.pk and (user is None or is_of(content, user)):
            keys.append(one.session_key)
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    if keys:
        security.record_committed("sessions_ended", method=method.pk, sessions=len(keys))
    return len(keys)


def end_given(memberships: Iterable[Membership], method: SignInMethod, rights: Rights = SYSTEM) -> int:
    """End roles that a method's rules gave and give no longer; how many.

    A member's last administrator stays one, and so does its emergency account.
    """
    ended = 0
    for membership in memberships:
        try:
            with transaction.atomic():
                people.lock_people()
                people.check_not_last_administrator(ANONYMOUS, membership)
                people.remove(rights=rights, membership=membership, why="rule")
                if not membership.user.memberships.exists():
                    rows_of(method).filter(user=membership.user_id).update(extra_data={CLOSED_BY_RULE: True})
        except ArpentError as error:
            log.info("a role stays: %s", error.message, extra={"fields": {"membership": membership.pk}})
            continue
        ended += 1
        security.record_committed(
            "role_by_rule", account=membership.user_id, method=method.pk, member=membership.member_id,
            role=membership.role, what="ended", rules=0,
        )  # fmt: skip
    return ended


def end_lapsed() -> int:
    """End the roles of whom a provider has not seen for LAPSE_DAYS (the worker's task); how many.

    A directory is read every five minutes: of its people, those alone who have not joined it again (`forget_joined`).
    """
    before = database_clock.now() - timedelta(days=LAPSE_DAYS)
    ended = 0
    for method in SignInMethod.objects.all():
        rows = forgotten_rows(method) if method.kind == SignInMethod.Kind.DIRECTORY else rows_of(method)
        absent = rows.filter(last_login__lt=before).values("user")
        given = Membership.objects.filter(given_by=method, user__in=absent).select_related("member", "user")
        ended += end_given(given.order_by("pk"), method)
    return ended
