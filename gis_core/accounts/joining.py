"""From an identity that a sign-in method has proved to an account: the one way in for providers and directories.

    user = join(method=method, identity=identity)          # raises ProofNeeded, Refused
    return sign_in(request, user, method, identity)

`join` gives the account that the method's subject is joined to, after its rules were applied again. It never goes by an
e-mail address: an account that was there before is joined by its owner's proof alone (`keep_for_proof`, then the page
`identity_join`: they sign in with what they already have, or follow a link sent to the account's address, and confirm).

How somebody signed in stays in the session: `request.session[SESSION_KEY]` is
`{"method": SignInMethod.pk, "amr": [what the provider says was used, RFC 8176], "at": Unix time}`; a session that a
password opened has no such key (`method_of_session`, `amr_of_session`). `amr` is empty for a provider that a member
runs itself: the second factor is then asked here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import logout
from django.db import IntegrityError, transaction
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Now
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gis_core.accounts import mail as account_mail
from gis_core.accounts.providers.proofs import PENDING_S
from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_one
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members import people
from gis_core.members.closing import close_access
from gis_core.members.rights import Role, acting_as
from gis_core.models import Member, Membership, SignInMethod, User
from gis_core.operations import security_journal as security

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SESSION_KEY = "sign_in"
PENDING_KEY = "identity_to_join"
LONGEST_SUBJECT = 191  # of SocialAccount.uid
MOST_GROUPS = 2_000
FORGOTTEN = "\n"
"""Begins the uid of a row that joins nothing any more: no subject has it (`check_subject`)."""
CLOSED_BY_RULE = "closed_by_rule"
"""In SocialAccount.extra_data: the account was closed because the method's rules left it no role, not by hand."""
PROCONNECT_HOSTS = (".agentconnect.gouv.fr", ".dev-agentconnect.fr", ".proconnect.gouv.fr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a method has proved of somebody; `subject` never changes and is nobody else's at this method.

    `groups` is what access rules are compared with, without case: groups of a directory, and declared claims as
    `claim:value` (`siren:243400017`). `amr` is how they signed in there (RFC 8176), empty where nothing says so.
    `email_verified` is whether the method says that the address is theirs: another one is never kept.
    """

    subject: str
    email: str = ""
    email_verified: bool = False
    first_name: str = ""
    last_name: str = ""
    groups: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()


class ProofNeeded(Conflict):
    """The method does not know this subject yet: whoever it is may join it to an account that is theirs."""


class Refused(Forbidden):
    """This identity opens nothing; the message says what to do."""


def provider_of(method: SignInMethod) -> str:
    """The method's name in SocialAccount.provider."""
    return f"method-{method.pk}"


def joined_as(method: SignInMethod, subject: str) -> SocialAccount | None:
    """The row that joins this subject of the method to an account."""
    rows = SocialAccount.objects.filter(provider=provider_of(method), uid=subject).select_related("user")
    row: SocialAccount | None = rows.first()
    return row


def join(*, method: SignInMethod, identity: Identity) -> User:
    """The account of a proved identity, open and with the roles that it has today.

    A subject that nobody is joined to gets an account where a rule of the method fits one of its groups and no account
    bears its address. Raises ProofNeeded for any other, Refused for a closed account or one without any role. Catch
    both in the view: what the rules ended stays ended.
    """
    check_subject(method, identity)
    with transaction.atomic():
        people.lock_people()
        row = joined_as(method, identity.subject)
        if row is None:
            return make_by_rules(method, identity)
        user: User = row.user
        check_account(user, method)
        if was_closed := bool(row.extra_data.get(CLOSED_BY_RULE)):
            people.reopen(user)
        if user.is_active:
            note_sign_in(row)
            keep_address(user, method, identity)
            apply_rules(user=user, method=method, groups=identity.groups)
            if was_closed:
                close_without_role(user, method)
    check_open(user)
    return user


def note_sign_in(row: SocialAccount) -> None:
    """Keep when the owner of an open account last came by it: the roles that a provider gave lapse without."""
    SocialAccount.objects.filter(pk=row.pk).update(last_login=Now(), extra_data={})


def join_by_proof(*, user: User, method: SignInMethod, identity: Identity) -> User:
    """Join a subject to an account whose owner has just proved that it is theirs, and confirmed it.

    An account that only an invitation opened accepts it. Raises Refused, Conflict (the subject is somebody else's).
    """
    check_subject(method, identity)
    with transaction.atomic():
        people.lock_people()
        was_closed = not user.is_active
        if was_closed:
            if not may_come_back(user, method):
                raise Refused(closed_message())
            people.reopen(user)
        check_account(user, method)
        forgotten_rows(method).filter(user=user).delete()
        known = joined_as(method, identity.subject)
        if known is not None and known.user_id != user.pk:
            raise Conflict(_("This identity of %(method)s is joined to another account.") % {"method": method})
        if known is None:
            connect(user, method, identity)
            account_mail.post("joined", user=user.pk, method=method.pk)
        else:
            note_sign_in(known)
        if not user.memberships.accepted().exists():
            people.accept_first(user)
        apply_rules(user=user, method=method, groups=identity.groups)
        if was_closed:
            close_without_role(user, method)
    check_open(user)
    return user


def check_subject(method: SignInMethod, identity: Identity) -> None:
    """Raise Refused for a method that is switched off, and for a subject that cannot be one."""
    if not method.active:
        raise Refused(_("“%(method)s” is switched off: sign in another way.") % {"method": method})
    subject = identity.subject
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise Refused(_("“%(method)s” does not say who you are: tell its administrator.") % {"method": method})


def check_open(user: User) -> None:
    """Raise Refused for an account that is closed or has neither a role nor an invitation."""
    if not user.memberships.exists():
        raise Refused(_("You no longer have any role here: ask the administrator of your member for one."))
    if not user.is_active:
        raise Refused(closed_message())


def closed_message() -> str:
    return _("This account is closed: ask an administrator of your member.")


def check_account(user: User, method: SignInMethod) -> None:
    """Raise Refused where a member's method would open what is not a person's, or administers the whole platform."""
    if method.member_id is None:
        return
    if user.kind != User.Kind.PERSON:
        raise Refused(_("“%(method)s” opens accounts of people alone.") % {"method": method})
    if user.memberships.accepted().filter(role=Role.AGENCY_ADMINISTRATOR).exists():
        raise Refused(_("Administrators of the agency sign in by a method of the platform, or a password."))


def make_by_rules(method: SignInMethod, identity: Identity) -> User:
    """A new account where a rule gives it a role. Raises ProofNeeded. Needs `lock_people` before it."""
    claimed, email = usable_email(identity.email), vouched_email(method, identity)
    if claimed and User.objects.filter(email__iexact=claimed).exists():
        raise ProofNeeded(unknown_message(method))
    with transaction.atomic():
        name = email or f"{secrets.token_hex(4)}-{provider_of(method)}"
        user = people.new_account(name, usable_name(identity.first_name), usable_name(identity.last_name))
        if not email:
            User.objects.filter(pk=user.pk).update(email="")
        connect(user, method, identity)
        apply_rules(user=user, method=method, groups=identity.groups)
        if not user.memberships.exists():
            raise ProofNeeded(unknown_message(method))
    security.record("account_made_by_rule", account=user.pk, method=method.pk)
    user.refresh_from_db()
    return user


def unknown_message(method: SignInMethod) -> str:
    return _(
        "“%(method)s” knows you, and Arpent does not yet: join this identity to your account or your invitation, "
        "or ask the administrator of your member to invite you."
    ) % {"method": method}


def connect(user: User, method: SignInMethod, identity: Identity) -> None:
    """Write down that this subject is this person. Raises Conflict where it is somebody's already."""
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=user, provider=provider_of(method), uid=identity.subject)
    except IntegrityError as error:
        raise Conflict(_("This identity of %(method)s is joined to another account.") % {"method": method}) from error
    security.record("identity_joined", account=user.pk, method=method.pk)


def keep_address(user: User, method: SignInMethod, identity: Identity) -> None:
    """Follow a changed e-mail address that the method vouches for, of an account without a password, unless another
    account bears it.
    """
    email = vouched_email(method, identity)
    if not email or email == user.email.lower() or user.has_usable_password():
        return
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        security.record("address_not_followed", account=user.pk, method=method.pk)
        return
    user.email = email
    user.save(update_fields=["email"])
    security.record("address_followed", account=user.pk, method=method.pk)


def vouched_email(method: SignInMethod, identity: Identity) -> str:
    """The address that the method answers for: verified there, and of one of its domains, of any where it is the
    platform's. Otherwise "".

    An invitation to an address is whoever's bears it: a provider must not put others' addresses on its accounts.
    """
    email = usable_email(identity.email) if identity.email_verified else ""
    return email if method.member_id is None or email.rpartition("@")[2] in method.domains else ""


def usable_email(text: str) -> str:
    try:
        email = people.clean_email(text)
    except Invalid:
        return ""
    return email if len(email) <= 150 else ""


def usable_name(text: str) -> str:
    try:
        return people.clean_name(text)[:150]
    except Invalid:
        return ""


def apply_rules(*, user: User, method: SignInMethod, groups: Iterable[str]) -> list[dict[str, Any]]:
    """Give the roles that the method's rules have for these groups; end those that they gave and no longer give.

    What changed goes to the journal and is returned, as arpent.apply_access_rules has it. Roles given by hand stay.
    What is ended closes at once what the person came in by there (`close_access`), and their account without any role.
    """
    held = list(groups)[:MOST_GROUPS]
    with acting_as(people.rights_of_invited(user)), transaction.atomic():
        row = fetch_one("select arpent.apply_access_rules(%s, %s, %s::text[])", [user.pk, method.pk, held])
    changes: list[dict[str, Any]] = json.loads(row[0])
    for change in changes:
        security.record("role_by_rule", account=user.pk, method=method.pk, **change)
    ended = [change["member"] for change in changes if change["what"] == "ended"]
    for member in Member.objects.filter(pk__in=ended):
        close_access(user, member=member, why="rule")
    if ended:
        close_without_role(user, method)
    return changes


def close_without_role(user: User, method: SignInMethod) -> None:
    """Close an account that is left without any role or invitation; a rule of the method may open it again."""
    if user.is_active and not user.memberships.exists():
        close_access(user, why="rule")
        joined_to(method).filter(user=user).update(extra_data={CLOSED_BY_RULE: True})


def rows_of(method: SignInMethod) -> QuerySet[SocialAccount]:
    """Those that join, and those that joined (`forgotten_rows`)."""
    rows: QuerySet[SocialAccount] = SocialAccount.objects.filter(provider=provider_of(method))
    return rows


def joined_to(method: SignInMethod) -> QuerySet[SocialAccount]:
    """The rows that join identities of a method to accounts."""
    return rows_of(method).exclude(uid__startswith=FORGOTTEN)


def forgotten_rows(method: SignInMethod) -> QuerySet[SocialAccount]:
    """Of whom the method's rules closed or still give a role, and who have to prove again whose identity it is."""
    return rows_of(method).filter(uid__startswith=FORGOTTEN)


def may_come_back(user: User, method: SignInMethod) -> bool:
    """Whether the owner of an account that rules closed, and no hand since, may join it, and a rule open it again."""
    closed_by_rule = forgotten_rows(method).filter(user=user, extra_data__has_key=CLOSED_BY_RULE)
    return not user.memberships.exists() and closed_by_rule.exists()


def joined_elsewhere(method: SignInMethod) -> QuerySet[SocialAccount]:
    """Those of people who have a role, or an invitation, at another member than the method's; none of a platform's."""
    if method.member_id is None:
        return joined_to(method).none()
    others = Membership.objects.exclude(member=method.member_id).values("user")
    return joined_to(method).filter(user__in=others)


def forget_joined(method: SignInMethod, *, only_elsewhere: bool = False) -> int:
    """Have people prove again whose account their identity is, as the method's answers come from elsewhere now.

    All of its people, or those who have a role at another member than the method's. Returns how many identities. What
    its rules gave them lapses where they do not come (`joined.end_lapsed`, counted from now).
    """
    rows = joined_elsewhere(method) if only_elsewhere else joined_to(method)
    closed = Q(extra_data__has_key=CLOSED_BY_RULE, user__is_active=False)
    given = Q(user__in=Membership.objects.filter(given_by=method).values("user"))
    count = rows.filter(closed | given).update(uid=Concat(Value(FORGOTTEN), Cast("pk", CharField())), last_login=Now())
    count += rows.delete()[0]
    if count:
        security.record("identities_forgotten", method=method.pk, identities=count)
    return count


def sign_in(
    request: HttpRequest, user: User, method: SignInMethod, identity: Identity, next_url: str | None = None
) -> HttpResponse:
    """Open the session of somebody whom `join` gave, through allauth's stages (a second factor may still be asked).

    `next_url` must be a path of ours (allauth's `get_next_redirect_url` gives such). The session gets a new key.
    """
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    else:
        request.session.cycle_key()
    request.session.pop(PENDING_KEY, None)
    request.session[SESSION_KEY] = {
        "method": method.pk,
        "amr": list(identity.amr) if is_believed(method) else [],
        "at": int(database_clock.now().timestamp()),
    }
    record_authentication(request, user, "socialaccount", provider=provider_of(method), uid=identity.subject)
    security.record("sign_in_by_method", account=user.pk, method=method.pk, amr=list(identity.amr))
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=next_url, signal_kwargs={"method": method.pk}
    )
    return response


def is_believed(method: SignInMethod) -> bool:
    """Whether it counts here which factors were used there: of the platform's methods, and of ProConnect itself."""
    host = urlsplit(str(method.options.get("issuer", ""))).hostname or ""
    return method.member_id is None or (method.kind == SignInMethod.Kind.PROCONNECT and host.endswith(PROCONNECT_HOSTS))


def method_of_session(request: HttpRequest) -> int | None:
    """The method by which this session was opened; None for a password's."""
    method: int | None = request.session.get(SESSION_KEY, {}).get("method")
    return method


def amr_of_session(request: HttpRequest) -> frozenset[str]:
    """How the session's owner signed in at their provider, as it says (`mfa`, `otp`, `hwk`, `pwd`…, RFC 8176)."""
    return frozenset(request.session.get(SESSION_KEY, {}).get("amr", ()))


@dataclass(frozen=True, slots=True)
class Pending:
    """An identity that waits in the session for the proof of whose account it is; `proved` is that account's id."""

    method: SignInMethod
    identity: Identity
    next_url: str
    nonce: str
    proved: int | None


def pending_of(request: HttpRequest) -> Pending | None:
    """The identity that this session keeps for its proof, within a quarter of an hour."""
    kept = request.session.get(PENDING_KEY)
    if not kept or kept["at"] + PENDING_S < database_clock.now().timestamp():
        return None
    method = SignInMethod.objects.filter(pk=kept["method"], active=True).first()
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept["identity"].items()
    }
    return Pending(method, Identity(**values), kept["next"], kept["nonce"], kept.get("proved")) if method else None


def keep_for_proof(
    request: HttpRequest, method: SignInMethod, identity: Identity, next_url: str | None = None
) -> HttpResponse:
    """Keep an identity that `join` does not know for a quarter of an hour, in the session, and lead to where its owner
    joins it to an account.
    """
    request.session[PENDING_KEY] = {
        "method": method.pk,
        "identity": asdict(identity),
        "at": int(database_clock.now().timestamp()),
        "next": next_url or "",
        "nonce": secrets.token_urlsafe(24),
    }
    return redirect("identity_join")
