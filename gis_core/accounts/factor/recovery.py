"""A lost phone: a colleague with the right has the second factor taken off, a day later or once another one confirms.

The person and the agency hear of it at once, and the person can stop it. It takes effect at the first sign-in after
its day, within three days of it: nothing has to run meanwhile. A second step that the person completes ends it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_core.accounts import mail as account_mail
from gis_core.accounts.factor.requirement import has_factor
from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_one
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import Rights, Role
from gis_core.models import FactorRecovery, Membership, User
from gis_core.operations import security_journal as security

DELAY: Final = timedelta(days=1)
SALT: Final = "arpent.factor.recovery"
LINK_S: Final = 3 * 86_400


def pending_of(user: User) -> FactorRecovery | None:
    """The recovery that waits for its day, or for a second colleague."""
    return FactorRecovery.objects.pending().filter(user=user).select_related("started_by", "user").first()


def check_may_recover(rights: Rights, user: User) -> None:
    """Raise Forbidden but for the agency and administrators of a member of the person's; nobody does it for themself.

    Only the agency does it for who administers the whole platform, or has a higher role at another member.
    """
    if rights.user_id == user.pk:
        raise Forbidden(_("Nobody does this for themself: a colleague with the right does."))
    if rights.agency:
        return
    ranks = {one.member_id: Role(one.role).rank for one in user.memberships.accepted()}
    ours = [rank for member, rank in ranks.items() if member in rights.list_administered_ids()]
    if user.is_superuser or not ours or max(ranks.values()) > max(ours):
        raise Forbidden(_("Your role does not allow this."))


@transaction.atomic
def start(*, rights: Rights, user: User, site: str) -> FactorRecovery:
    """Begin the recovery of a person's second factor. Raises Forbidden, Invalid (there is none), Conflict (begun)."""
    check_may_recover(rights, user)
    User.objects.select_for_update().get(pk=user.pk)
    if not has_factor(user):
        raise Invalid(_("%(name)s has no second factor: there is nothing to recover.") % {"name": user})
    FactorRecovery.objects.lapsed().filter(user=user).update(ended_at=database_clock.now(), stopped=True)
    if pending_of(user):
        raise Conflict(_("A recovery has begun already."))
    made = FactorRecovery.objects.create(
        user=user, started_by_id=rights.user_id, effective_at=database_clock.now() + DELAY
    )
    report("started", made, site)
    return made


@transaction.atomic
def confirm(*, rights: Rights, user: User, site: str) -> None:
    """A second colleague confirms: it takes effect now. Raises NotFound, Forbidden (the one who began it, or somebody
    who had the right for less than a day when it began).
    """
    check_may_recover(rights, user)
    recovery = lock(user)
    if recovery.started_by_id == rights.user_id or not had_the_right(rights, recovery):
        raise Forbidden(
            _("You began this recovery, or have the right for less than a day: another colleague confirms it.")
        )
    recovery.confirmed_by_id = rights.user_id
    take_effect(recovery, site)


def had_the_right(rights: Rights, recovery: FactorRecovery) -> bool:
    """Whether a person confirms by a role that they had a day before the recovery began: nobody invites a second self,
    nor plans to.
    """
    before = Membership.objects.accepted().filter(user=rights.user_id, user__kind=User.Kind.PERSON)
    before = before.filter(accepted_at__lt=recovery.started_at - DELAY)
    theirs = recovery.user.memberships.accepted().values("member_id")
    of_agency, of_member = Q(role=Role.AGENCY_ADMINISTRATOR), Q(role=Role.GIS_ADMINISTRATOR, member__in=theirs)
    roles = before.filter(of_agency if rights.agency else of_member).values_list("pk", flat=True)
    return not all(was_raised_since(one, recovery.started_at - DELAY) for one in roles)


def was_raised_since(membership: int, instant: datetime) -> bool:
    """Whether a person had a lower role by this membership after an instant, as the history says."""
    (raised,) = fetch_one("select arpent.was_raised_since(%s, %s)", [membership, instant])
    return bool(raised)


@transaction.atomic
def stop(*, user: User, site: str) -> None:
    """The person, or a colleague with the right, stops it. Raises NotFound."""
    recovery = lock(user)
    recovery.ended_at, recovery.stopped = database_clock.now(), True
    recovery.save(update_fields=["ended_at", "stopped"])
    report("stopped", recovery, site)


@transaction.atomic
def apply_due(user: User, site: str) -> None:
    """At sign-in: a recovery whose day has passed takes effect."""
    recovery = FactorRecovery.objects.due().select_for_update().filter(user=user).first()
    if recovery:
        take_effect(recovery, site)


@receiver(authenticator_used)
def note_used(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Whoever completes a second step has not lost it."""
    with suppress(NotFound):
        stop(user=user, site=request.build_absolute_uri("/"))


def take_effect(recovery: FactorRecovery, site: str) -> None:
    """The second factor is gone, with its recovery codes: the password alone opens, until another one is set up."""
    Authenticator.objects.filter(user=recovery.user_id).delete()
    recovery.ended_at = database_clock.now()
    recovery.save(update_fields=["ended_at", "confirmed_by"])
    report("done", recovery, site)


def lock(user: User) -> FactorRecovery:
    recovery = FactorRecovery.objects.pending().select_for_update(of=("self",)).filter(user=user).first()
    if recovery is None:
        raise NotFound(_("No recovery is under way."))
    return recovery


def report(what: str, recovery: FactorRecovery, site: str) -> None:
    """In the security journal, and by mail to the person and the agency."""
    security.record(f"factor_recovery_{what}", account=recovery.user_id, started_by=recovery.started_by_id)
    account_mail.post("factor_recovery", recovery=recovery.pk, what=what, site=site)


def link_key(recovery: FactorRecovery) -> str:
    """What the link holds by which the person stops it."""
    return signing.dumps(recovery.pk, salt=SALT)


def of_link(key: str) -> FactorRecovery:
    """The recovery of a link. Raises NotFound where it is none of ours, or nothing is under way any more."""
    try:
        number = int(signing.loads(key, salt=SALT, max_age=LINK_S))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound(_("This link is not whole, or it has ended.")) from error
    recovery = FactorRecovery.objects.pending().select_related("user", "started_by").filter(pk=number).first()
    if recovery is None:
        raise NotFound(_("No recovery is under way."))
    return recovery
