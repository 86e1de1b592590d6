"""Mails about accounts. They leave by a task of the queue: a request neither waits for the mail server nor tells, by
the time it takes, whether an address has an account. A task holds no link that opens something: it is made on leaving.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator, default_token_generator
from allauth.account.utils import filter_users_by_email, user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gis_core.accounts.providers import proofs
from gis_core.jobs.services import queue_task
from gis_core.long_dates import format_long_date
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import FactorRecovery, Membership, SignInMethod, User
from gis_core.operations.watch.day_measures import MAIL, keep
from gis_core.wiring.points import Later

TASK = "account_mail"


def post(kind: str, **values: Any) -> None:
    """Have a mail of this kind sent once the transaction is committed; `values` are those of its function below."""
    queue_task(TASK, {"kind": kind, "values": values})


def send(kind: str, values: dict[str, Any]) -> None:
    """Send it now (the queue's task). Raises OSError when the mail server does not take it."""
    KINDS[kind](**values)


def send_text(to: str, subject: str, body: str) -> None:
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to])
    if has_server():
        # It has left: a database that does not keep so must not have it sent again.
        with suppress(DatabaseError), acting_as(SYSTEM), transaction.atomic():
            keep(MAIL)


def has_server() -> bool:
    """Whether messages leave for a server, and not for a folder."""
    return "host" in settings.MAILERS["default"].get("OPTIONS", {})


def send_invitation(membership: int, site: str) -> None:
    """Who invites, and where to accept: by a first password, or signed in on one's account page."""
    invited = Membership.objects.pending().select_related("user", "member").filter(pk=membership).first()
    if invited is None:
        return
    user = invited.user
    context = {
        "member": invited.member,
        "account": site.rstrip("/") + reverse("account"),
        "link": None if user.has_usable_password() else password_link(user, site),
    }
    with translation.override(user.language):
        subject = _("Your access to %(member)s on Arpent") % {"member": invited.member.name}
        send_about(user, "mail/invitation.txt", subject, context)


def send_password_reset(email: str, site: str) -> None:
    """The link that sets another password, for each account of this address; nothing where there is none."""
    for user in filter_users_by_email(email, is_active=True, prefer_verified=True):
        context = {"username": user.username, "password_reset_url": password_link(user, site)}
        with translation.override(user.language):
            subject = render_to_string("account/email/password_reset_key_subject.txt", context).strip()
            send_about(user, "account/email/password_reset_key_message.txt", subject, context)


def send_security_officer(user: int, site: str) -> None:
    """Where the security officer sets a first password."""
    officer = User.objects.filter(pk=user, is_active=True).exclude(email="").first()
    if officer is None:
        return
    with translation.override(officer.language):
        context = {"link": password_link(officer, site)}
        send_about(officer, "mail/security_officer.txt", _("The security journal of Arpent"), context)


def send_slowed(user: int, address: str, at: str, site: str) -> None:
    """Somebody types wrong passwords for this account: its owner is told."""
    owner = User.objects.filter(pk=user, is_active=True).exclude(email="").first()
    if owner is None:
        return
    context = {"address": address, "at": at, "link": site.rstrip("/") + reverse("account_reset_password")}
    with translation.override(owner.language):
        send_about(owner, "mail/sign_in_slowed.txt", _("Wrong passwords for your account on Arpent"), context)


def send_about(user: User, template: str, subject: str, context: dict[str, Any]) -> None:
    send_text(user.email, subject, render_to_string(template, {"user": user, **context}).strip() + "\n")


class EndingSooner(EmailAwarePasswordResetTokenGenerator):
    """Makes tokens that end after so many hours, for whoever checks them as any other."""

    def __init__(self, hours: int) -> None:
        super().__init__()
        self.elapsed = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) - timedelta(hours=hours)

    def _now(self) -> datetime:
        """As if it had been made earlier: the check counts from there."""
        now: datetime = super()._now()
        return now - self.elapsed


def password_link(user: User, site: str, *, hours: int | None = None) -> str:
    """Where the account's owner sets a password, once, within three days or so many `hours`."""
    generator = EndingSooner(hours) if hours else default_token_generator
    key = generator.make_token(user)
    return site.rstrip("/") + reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key}
    )


def send_trial(user: int) -> None:
    """A message that shows its reader, who asked for it, that messages arrive."""
    reader = User.objects.filter(pk=user, is_active=True).exclude(email="").first()
    if reader is None:
        return
    with translation.override(reader.language):
        body = _("The mail of Arpent works: this message was asked for on the page “Getting started”.")
        send_text(reader.email, _("Trial message of Arpent"), body + "\n")


def send_join(email: str, method: int, mark: str, site: str) -> None:
    """The link that proves an account of this address, so that an identity is joined to it; nothing for no account."""
    from gis_core.accounts.joining import may_come_back

    chosen = SignInMethod.objects.filter(pk=method, active=True).first()
    if chosen is None:
        return
    for user in User.objects.filter(email__iexact=email):
        if not user.is_active and not may_come_back(user, chosen):
            continue
        link = site.rstrip("/") + reverse("identity_join_open", args=[proofs.make_key(user, mark)])
        with translation.override(user.language):
            subject = _("Join your identity of %(method)s to your account on Arpent") % {"method": chosen}
            send_about(user, "mail/join.txt", subject, {"method": chosen, "link": link})


def send_joined(user: int, method: int) -> None:
    """The owner of an account hears that an identity of a method opens it from now on."""
    owner = User.objects.filter(pk=user, is_active=True).exclude(email="").first()
    chosen = SignInMethod.objects.filter(pk=method).first()
    if owner is None or chosen is None:
        return
    with translation.override(owner.language):
        subject = _("An identity of %(method)s opens your account on Arpent") % {"method": chosen}
        send_about(owner, "mail/joined.txt", subject, {"method": chosen})


def of_agency() -> Q:
    """The people who administer the agency today."""
    today = Membership.objects.accepted().filter(role=Role.AGENCY_ADMINISTRATOR)
    return Q(pk__in=today.values("user"))


def send_emergency(user: int, address: str, at: str) -> None:
    """Who administers the agency hears that an emergency account was used."""
    owner = User.objects.filter(pk=user).first()
    for reader in User.objects.filter(of_agency(), is_active=True).exclude(email="") if owner else ():
        with translation.override(reader.language):
            context = {"owner": owner, "address": address, "at": at}
            send_about(reader, "mail/emergency.txt", _("An emergency account was used on Arpent"), context)


def send_factor_recovery(recovery: int, what: str, site: str) -> None:
    """What becomes of a recovery of a second factor (`started`, `done`, `stopped`): to its person and the agency."""
    from gis_core.accounts.factor.recovery import link_key

    one = FactorRecovery.objects.select_related("user", "started_by").filter(pk=recovery).first()
    if one is None:
        return
    readers = User.objects.filter(Q(pk=one.user_id) | of_agency(), is_active=True).exclude(email="")
    link = site.rstrip("/") + reverse("factor_recovery_link", kwargs={"key": link_key(one)})
    for reader in readers:
        with translation.override(reader.language):
            at = format_long_date(timezone.localtime(one.effective_at), "j N Y H:i")
            context = {"recovery": one, "what": what, "at": at, "link": link if reader.pk == one.user_id else ""}
            subject = _("Second factor of %(name)s on Arpent") % {"name": one.user}
            send_about(reader, "mail/factor_recovery.txt", subject, context)


KINDS: dict[str, Callable[..., None]] = {
    "written": send_text,
    "invitation": send_invitation,
    "password_reset": send_password_reset,
    "slowed": send_slowed,
    "factor_recovery": send_factor_recovery,
    "trial": send_trial,
    "join": send_join,
    "joined": send_joined,
    "emergency": send_emergency,
    "security_officer": send_security_officer,
    "token": Later("gis_core.tokens.reminders.send_token_reminder"),
    "program_passed_on": Later("gis_core.tokens.reminders.send_passed_on"),
}
