"""From an identity that a sign-in method has proved to an account: the one way in for providers and directories.

    user = join(method=method, identity=identity)          # raises ProofNeeded, Refused
    return sign_in(request, user, method, identity)

`join` gives the account that the method's subject is joined to, after its rules were applied again. It never goes by an
e-mail address: an account that was there before is joined by its owner's proof alone (`keep_for_proof`, then the page
`identity_join`: they sign in with what they already have, or follow a link sent to the account's address, and confirm).

How somebody signed in stays in the session: `request.session[SESSION_KEY]` is
`{"method": SignInMethod.pk, "amr": [what the provider says was used, RFC 8176], "at": Unix time}`; a session that a
password opened has no such key (`method_of_session`, `amr_of_session`).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import logout
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gis_core.accounts.providers.proofs import PENDING_S
from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_one
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members import people
from gis_core.members.rights import Role, acting_as
from gis_core.models import SignInMethod, User
from gis_core.operations import security_journal as security

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SESSION_KEY = "sign_in"
PENDING_KEY = "identity_to_join"
LONGEST_SUBJECT = 191  # of SocialAccount.uid
MOST_GROUPS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a method has proved of somebody; `subject` never changes and is nobody else's at this method.

    `groups` is what access rules are compared with, without case: groups of a directory, and declared claims as
    `claim:value` (`siren:243400017`). `amr` is how they signed in there (RFC 8176), empty where nothing says so.
    """

    subject: str
    email: str = ""
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


def account_of(method: SignInMethod, subject: str) -> User | None:
    """Who is joined to this subject of the method."""
    account = SocialAccount.objects.filter(provider=provider_of(method), uid=subject).select_related("user").first()
    user: User | None = account.user if account else None
    return user


def join(*, method: SignInMethod, identity: Identity) -> User:
    """The account of a proved identity, open and with the roles that it has today.

    A subject that nobody is joined to gets an account where a rule of the method fits one of its groups and no account
    bears its address. Raises ProofNeeded for any other, Refused for a closed account or one without any role. Catch
    both in the view: what the rules ended stays ended.
    """
    check_subject(method, identity)
    with transaction.atomic():
        people.lock_people()
        user = account_of(method, identity.subject)
        if user is None:
            return make_by_rules(method, identity)
        if user.is_active:
            check_agency_account(user, method)
            keep_address(user, method, identity)
            apply_rules(user=user, method=method, groups=identity.groups)
    check_open(user)
    return user


def join_by_proof(*, user: User, method: SignInMethod, identity: Identity) -> User:
    """Join a subject to an account whose owner has just proved that it is theirs, and confirmed it.

    An account that only an invitation opened accepts it. Raises Refused, Conflict (the subject is somebody else's).
    """
    check_subject(method, identity)
    with transaction.atomic():
        people.lock_people()
        if not user.is_active:
            raise Refused(closed_message())
        check_agency_account(user, method)
        known = account_of(method, identity.subject)
        if known is not None and known.pk != user.pk:
            raise Conflict(_("This identity of %(method)s is joined to another account.") % {"method": method})
        if known is None:
            connect(user, method, identity)
        if not user.memberships.accepted().exists():
            people.accept_first(user)
        apply_rules(user=user, method=method, groups=identity.groups)
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
    if not user.is_active:
        raise Refused(closed_message())
    if not user.memberships.exists():
        raise Refused(_("You no longer have any role here: ask the administrator of your member for one."))


def closed_message() -> str:
    return _("This account is closed: ask an administrator of your member.")


def check_agency_account(user: User, method: SignInMethod) -> None:
    """Raise Refused where a member's method would open an account that administers the whole platform."""
    agency = user.memberships.accepted().filter(role=Role.AGENCY_ADMINISTRATOR)
    if method.member_id and agency.exists() and not agency.filter(member=method.member_id).exists():
        raise Refused(_("Administrators of the agency sign in by a method of the platform or of the agency alone."))


def make_by_rules(method: SignInMethod, identity: Identity) -> User:
    """A new account where a rule gives it a role. Raises ProofNeeded. Needs `lock_people` before it."""
    email = usable_email(identity.email)
    if email and User.objects.filter(email__iexact=email).exists():
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
    """Follow a changed e-mail address, of an account without a password, unless another account bears it."""
    email = usable_email(identity.email)
    if not email or email == user.email.lower() or user.has_usable_password():
        return
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        security.record("address_not_followed", account=user.pk, method=method.pk)
        return
    user.email = email
    user.save(update_fields=["email"])
    security.record("address_followed", account=user.pk, method=method.pk)


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
    """
    held = list(groups)[:MOST_GROUPS]
    with acting_as(people.rights_of_invited(user)), transaction.atomic():
        row = fetch_one("select arpent.apply_access_rules(%s, %s, %s::text[])", [user.pk, method.pk, held])
    changes: list[dict[str, Any]] = json.loads(row[0])
    for change in changes:
        security.record("role_by_rule", account=user.pk, method=method.pk, **change)
    return changes


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
        "amr": list(identity.amr),
        "at": int(database_clock.now().timestamp()),
    }
    record_authentication(request, user, "socialaccount", provider=provider_of(method), uid=identity.subject)
    security.record("sign_in_by_method", account=user.pk, method=method.pk, amr=list(identity.amr))
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=next_url, signal_kwargs={"method": method.pk}
    )
    return response


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
