"""Sign-in methods of a member or of the platform: who may set them, what they may be, whether they work."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.accounts.joined import end_given, end_sessions_by
from gis_core.accounts.joining import forget_joined, joined_to
from gis_core.accounts.providers import calls, discovery
from gis_core.accounts.providers.configuration import (
    PROCONNECT_SIGNATURES,
    Configuration,
    configuration_of,
    is_proconnect,
    signatures_of,
)
from gis_core.accounts.providers.discovery import Provider
from gis_core.accounts.providers.exchange import with_client
from gis_core.errors import ArpentError, Conflict, Forbidden, Invalid
from gis_core.members.people import check_communes, lock_people
from gis_core.members.rights import ADMINISTRATORS, Rights, Role
from gis_core.models import AccessRule, Member, Membership, SignInMethod, User

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
PUBLIC_DOMAINS = frozenset({
    "aol.com", "bbox.fr", "free.fr", "gmail.com", "gmx.com", "gmx.fr", "googlemail.com", "hotmail.com", "hotmail.fr",
    "icloud.com", "laposte.net", "live.com", "live.fr", "mac.com", "mailo.com", "me.com", "msn.com", "neuf.fr",
    "numericable.fr", "orange.fr", "outlook.com", "outlook.fr", "proton.me", "protonmail.com", "sfr.fr", "wanadoo.fr",
    "yahoo.com", "yahoo.fr", "ymail.com",
})  # fmt: skip
"""Of mailboxes that anybody opens: they say nothing of an organisation."""
HIGHEST = Role.GIS_ADMINISTRATOR
"""Whatever a provider says, nobody administers the agency by it."""


def methods_of(member: Member | None) -> QuerySet[SignInMethod]:
    """A member's methods, or the platform's."""
    return SignInMethod.objects.filter(member=member)


def check_may_set(rights: Rights, member: Member | None) -> None:
    """Raise Forbidden for whoever administers neither the member nor, for the platform's methods, the agency."""
    allowed = rights.has_role(member.pk, ADMINISTRATORS) if member else rights.agency
    if not allowed:
        raise Forbidden(_("Only an administrator sets how people sign in."))


@transaction.atomic
def save_method(
    *,
    rights: Rights,
    method: SignInMethod,
    name: str,
    configuration: Configuration,
    domains: Sequence[str] = (),
    secret: str = "",
    join_again: bool = False,
) -> SignInMethod:
    """Keep a new or changed provider; an empty `secret` leaves the one that is kept.

    The secret is for one client of one provider: where these change it is entered anew. Another provider's answers
    prove nothing of the accounts that the former one's joined: with `join_again` they are no longer joined. Raises
    Invalid, Forbidden, Conflict (accounts are joined, without `join_again`).
    """
    check_may_set(rights, method.member)
    check_configuration(method, configuration)
    method.domains = check_domains(rights, method, domains)
    if method.pk:
        check_change(rights, method, configuration, secret=secret, join_again=join_again)
    method.name = name.strip()
    method.options = configuration.as_options()
    if secret:
        method.secret = secret
    elif not method.encrypted_secret:
        raise Invalid(_("The provider gave a secret for this platform: enter it."), parameter="secret")
    method.save()
    discovery.forget()
    return method


def check_change(
    rights: Rights, method: SignInMethod, configuration: Configuration, *, secret: str, join_again: bool
) -> None:
    """See `save_method`: what another provider, or another client of it, makes worthless. Forgets who is joined."""
    former = configuration_of(method)
    moved = configuration.issuer.rstrip("/") != former.issuer.rstrip("/")
    if (moved or configuration.client_id != former.client_id) and not secret:
        message = _("The address or the client is another one: enter the secret that goes with it.")
        raise Invalid(message, parameter="secret")
    if not moved:
        return
    lock_people()
    if (count := joined_to(method).count()) and not join_again:
        raise Conflict(again_message(count, given_by(method, rights).count()), parameter="join_again")
    end_given(given_by(method, rights), method, rights)
    forget_joined(method)


def given_by(method: SignInMethod, rights: Rights) -> QuerySet[Membership]:
    """What the method's rules gave those who are joined, but whoever acts: nobody shuts themself out."""
    given = Membership.objects.filter(given_by=method, user__in=joined_to(method).values("user"))
    given = given.exclude(user=rights.user_id)
    return given.select_related("member", "user").order_by("pk")


def again_message(count: int, roles: int) -> str:
    """What becomes of the accounts that are joined, and of the roles, where the provider is another one."""
    text = ngettext(
        "%(n)s account is joined by the former provider, and must join again: tick the box if that is meant.",
        "%(n)s accounts are joined by the former provider, and must join again: tick the box if that is meant.",
        count,
    ) % {"n": count}
    return f"{text} {ended_message(roles)}" if roles else text


def ended_message(roles: int) -> str:
    return ngettext(
        "%(n)s role that its rules gave ends until its owner has joined again.",
        "%(n)s roles that its rules gave end until their owners have joined again.",
        roles,
    ) % {"n": roles}


def check_configuration(method: SignInMethod, configuration: Configuration) -> None:
    try:
        calls.check_address(configuration.issuer)
    except ArpentError as error:
        raise Invalid(error.message, parameter="issuer") from error
    if not configuration.client_id:
        raise Invalid(_("The provider gave a client identifier for this platform: enter it."), parameter="client_id")
    if is_proconnect(method) and configuration.signature not in PROCONNECT_SIGNATURES:
        raise Invalid(_("ProConnect signs by RS256, ES256 or HS256."), parameter="signature")
    if "openid" not in configuration.scopes.split():
        raise Invalid(_("The scopes begin with “openid”."), parameter="scopes")


def check_domains(rights: Rights, method: SignInMethod, domains: Sequence[str]) -> list[str]:
    """Domains that lead people to a method: a member's own, which lead to nobody else's. Raises Invalid, Conflict.

    Whoever could take another one's domain would have its people type their passwords into a page of their own.
    """
    wanted = sorted({one.strip().lower().lstrip("@") for one in domains if one.strip()})
    for domain in wanted:
        if not DOMAIN.fullmatch(domain):
            raise Invalid(_("“%(domain)s” is no domain.") % {"domain": domain[:80]}, parameter="domains")
    others = SignInMethod.objects.filter(domains__overlap=wanted).exclude(member=method.member).exclude(pk=method.pk)
    if method.member_id and (other := others.exclude(member=None).first()):
        raise Conflict(
            _("A domain among these leads to another member's sign-in (%(name)s): the agency decides.")
            % {"name": other},
            parameter="domains",
        )
    if method.member_id and not rights.agency:
        own = Membership.objects.accepted().filter(member=method.member_id)
        held = {email.rpartition("@")[2].lower() for email in own.values_list("user__email", flat=True)}
        if strange := set(wanted) - held:
            raise Invalid(
                _("Nobody of the member has an address of %(domains)s: the agency enters such a domain.")
                % {"domains": ", ".join(sorted(strange))},
                parameter="domains",
            )
        if shared := [one for one in wanted if one in PUBLIC_DOMAINS or is_shared(method.member_id, one)]:
            raise Invalid(
                _("Others than the member's people have addresses of %(domains)s: the agency enters such a domain.")
                % {"domains": ", ".join(shared)},
                parameter="domains",
            )
    return wanted


def is_shared(member_id: int, domain: str) -> bool:
    """Whether an open account bears an address of the domain and does not belong to the member.

    Whom the member alone has invited, and who has no role anywhere yet, counts as the member's.
    """
    accepted = Membership.objects.accepted()
    own = accepted.filter(member=member_id).values("user")
    invited = Membership.objects.pending().filter(member=member_id).exclude(user__in=accepted.values("user"))
    others = User.objects.filter(is_active=True, email__iendswith=f"@{domain}")
    return others.exclude(pk__in=own).exclude(pk__in=invited.values("user")).exists()


@transaction.atomic
def switch_method(*, rights: Rights, method: SignInMethod, active: bool, keep: str = "") -> int:
    """Switch a method on or off; off ends the sessions that it opened, but the one in use (`keep`, its key). How many.

    Raises Conflict for the last one of a member whose passwords are switched off.
    """
    check_may_set(rights, method.member)
    if not active:
        # As `set_passwords` does: two at once must not leave a member without any way in.
        lock_people()
        closed = Member.objects.filter(passwords_open=False)
        closed = closed.filter(pk=method.member_id) if method.member_id else closed
        for member in closed:
            if not usable_methods(member).exclude(pk=method.pk).exists():
                raise Conflict(
                    _("%(member)s signs in without passwords, by this alone: open its passwords first.")
                    % {"member": member}
                )
    method.active = active
    method.save(update_fields=["active"])
    return 0 if active else end_sessions_by(method, keep=keep)


def usable_methods(member: Member) -> QuerySet[SignInMethod]:
    """Those that the member's people may sign in by."""
    active = SignInMethod.objects.filter(active=True)
    return active.filter(member=member) | active.filter(member=None)


@transaction.atomic
def set_passwords(*, rights: Rights, member: Member, passwords_open: bool, emergency: int | None) -> None:
    """Whether passwords open the member's accounts, and which account they open even so. Raises Conflict, Invalid."""
    check_may_set(rights, member)
    lock_people()
    account = emergency_candidates(member).filter(pk=emergency).first() if emergency else None
    if emergency and account is None:
        raise Invalid(
            _("The emergency account is an administrator of the member who has a password."), parameter="emergency"
        )
    if not passwords_open and account is None:
        raise Conflict(
            _("Choose an emergency account first: its password opens the member when no provider answers."),
            parameter="emergency",
        )
    if not passwords_open and not usable_methods(member).exists():
        raise Conflict(_("Nobody could sign in any more: add a way to sign in, and try it, first."))
    member.passwords_open, member.emergency_account = passwords_open, account
    member.save(update_fields=["passwords_open", "emergency_account"])


def emergency_candidates(member: Member) -> QuerySet[User]:
    """The member's administrators who can sign in by a password, and stay."""
    today = Membership.objects.accepted().filter(member=member, role__in=ADMINISTRATORS, last_date=None)
    chosen = User.objects.filter(is_active=True, pk__in=today.values("user"))
    without = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(password="")
    return chosen.exclude(without).order_by("last_name", "first_name", "username")


@transaction.atomic
def add_rule(
    *, rights: Rights, method: SignInMethod, group: str, member: Member, role: str, communes: Sequence[str] = ()
) -> AccessRule:
    """Whoever holds the group has the role at the member. Raises Invalid, Forbidden, Conflict (the group has one)."""
    check_may_set(rights, method.member)
    group = group.strip()
    if not group or len(group) > 400 or not group.isprintable():
        raise Invalid(_("Write the group as the provider names it."), parameter="group")
    if method.member_id and method.member_id != member.pk:
        raise Forbidden(_("A member's way to sign in gives roles at this member alone."))
    if role not in Role.values or Role(role).rank > min(HIGHEST.rank, rights.rank_at(member.pk)):
        raise Forbidden(_("No rule gives this role: an administrator gives it by hand."))
    insee = check_communes(member, role, communes)
    try:
        with transaction.atomic():
            return AccessRule.objects.create(method=method, group=group, member=member, role=role, insee=insee)
    except IntegrityError as error:
        raise Conflict(
            _("This group has a role at this member already: remove it first."), parameter="group"
        ) from error


@transaction.atomic
def remove_rule(*, rights: Rights, method: SignInMethod, rule: int) -> int:
    """Remove a rule; how many people lose at once the role that it alone gave them."""
    check_may_set(rights, method.member)
    lock_people()
    former = AccessRule.objects.filter(method=method, pk=rule).first()
    if former is None:
        return 0
    former.delete()
    if AccessRule.objects.filter(method=method, member=former.member_id, role=former.role).exists():
        # Whoever had it by the one that is gone alone loses it when the groups are read next.
        return 0
    given = Membership.objects.filter(given_by=method, member=former.member_id, role=former.role)
    return end_given(given.select_related("member", "user").order_by("pk"), method, rights)


# -- trying -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sentence of a trial, and whether it is good news."""

    good: bool
    text: str


def try_method(method: SignInMethod) -> list[Outcome]:
    """Ask the provider for everything that a sign-in needs of it; what is wrong, in words."""
    configuration = configuration_of(method)
    outcomes: list[Outcome] = []
    discovery.forget()
    try:
        provider = discovery.provider_at(configuration.issuer)
        outcomes.append(Outcome(True, _("The provider answers and says where people sign in.")))
        outcomes.append(try_keys(method, configuration, provider))
        outcomes.append(try_client(method, configuration, provider))
        if is_proconnect(method) and not provider.end_session:
            outcomes.append(Outcome(False, _("The provider does not say where a session ends.")))
    except ArpentError as error:
        outcomes.append(Outcome(False, error.message))
    return outcomes


def try_keys(method: SignInMethod, configuration: Configuration, provider: Provider) -> Outcome:
    """Whether a key is published that tokens may be signed with."""
    algorithms = signatures_of(method, configuration)
    if algorithms == ("HS256",):
        return Outcome(True, _("Its tokens are signed with the secret."))
    keys = discovery.read_keys(provider)
    if any(discovery.fit(keys, None, algorithm) for algorithm in algorithms):
        return Outcome(True, _("Its keys for signatures are published."))
    return Outcome(False, _("It publishes no key for the signatures that are taken (%(names)s).") % {
        "names": ", ".join(algorithms)
    })  # fmt: skip


def try_client(method: SignInMethod, configuration: Configuration, provider: Provider) -> Outcome:
    """Whether the provider knows the client and its secret: it is given a code that cannot be one."""
    form, headers = with_client(method, configuration, provider, TRIAL)
    answer = calls.ask(provider.token, form=form, headers=headers)
    error = says_error(answer.body)
    if answer.status in (400, 401) and error == "invalid_client":
        return Outcome(False, _("The provider does not know this client identifier, or not with this secret."))
    if answer.status == 400 and error:
        return Outcome(True, _("It knows this platform and its secret."))
    return Outcome(False, _("Where codes are exchanged, it answers with %(status)s.") % {"status": answer.status})


TRIAL = {"grant_type": "authorization_code", "code": "essai", "redirect_uri": "https://arpent.invalid/"}


def says_error(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("error") or "") if isinstance(said, dict) else ""
