"""A sign-in with the password of a directory: it is proved there, and Arpent never keeps it.

    response = sign_in(request, method=method, login=address, password=password, next_url=next_url)

Wrong passwords count under the limits of `accounts.adapter`, as those of Arpent's own do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.accounts import joining
from gis_core.accounts.directory import asking
from gis_core.accounts.directory.synchronising import as_identity, follow_names, reopen, ruled
from gis_core.errors import ArpentError, Invalid
from gis_core.models import SignInMethod
from gis_core.operations import security_journal as security

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST_LOGIN, LONGEST_PASSWORD = 254, 1_000


def sign_in(
    request: HttpRequest, *, method: SignInMethod, login: str, password: str, next_url: str | None = None
) -> HttpResponse:
    """Open a session, or lead to where an identity that nobody is joined to is proved.

    Raises Invalid (a wrong password, too many of them), DirectoryTrouble (no server answers), Busy, joining.Refused.
    """
    identity = prove(request, method=method, login=login, password=password)
    with transaction.atomic():
        try:
            let_in(method, identity)
            user = joining.join(method=method, identity=identity)
        except joining.ProofNeeded:
            return joining.keep_for_proof(request, method, identity, next_url)
        except ArpentError as error:
            # What the rules ended stays ended.
            refused = closed_by_others(method, identity) or error
        else:
            follow_names(user, identity)
            return joining.sign_in(request, user, method, identity, next_url)
    raise refused


def let_in(method: SignInMethod, identity: joining.Identity) -> None:
    """Open again what this directory closed: it has just said that the person is there."""
    account = joining.joined_as(method, identity.subject)
    if account is not None:
        reopen(method, account)


def closed_by_others(method: SignInMethod, identity: joining.Identity) -> joining.Refused | None:
    """What to say to somebody whose account others than the directory closed; None where it was not that."""
    account = joining.joined_as(method, identity.subject)
    if account is None or account.user.is_active or not account.user.memberships.exists():
        return None
    return joining.Refused(
        _("Your account of Arpent is closed, and not by the directory: the agency alone opens it again.")
    )


def prove(request: HttpRequest, *, method: SignInMethod, login: str, password: str) -> joining.Identity:
    """Who has this login and password in the directory. Raises Invalid, DirectoryTrouble, Busy."""
    adapter: Any = get_adapter(request)
    login = login.strip()
    try:
        adapter.pre_authenticate(request, email=login)
    except ValidationError as error:
        raise Invalid(error.messages[0]) from error
    try:
        identity = identity_of(method, login, password)
    except asking.DirectoryRefusal as answer:
        adapter.authentication_failed(request, email=login)
        security.record("directory_refused", method=method.pk, why=answer.code)
        raise Invalid(refusal(answer.code), parameter="password") from answer
    except ArpentError:
        # No password was looked at: the attempt counts for nothing.
        adapter._rollback_login_failed_rl_usage()
        raise
    adapter._rollback_login_failed_rl_usage()
    return identity


def identity_of(method: SignInMethod, login: str, password: str) -> joining.Identity:
    """Ask the directory. Raises DirectoryRefusal (no such person or password), DirectoryTrouble, Busy."""
    # Said here as well as where it is asked: a server takes an empty password for a visitor, and says yes.
    if not password or len(password) > LONGEST_PASSWORD or not login or len(login) > LONGEST_LOGIN:
        raise asking.DirectoryRefusal("wrong_password")
    with asking.PLACES.take():
        answer = asking.ask(method, "sign_in", within_s=asking.SIGN_IN_S, login=login, password=password)
    return as_identity(answer["person"], ruled(method, answer["groups"]))


def refusal(code: str) -> str:
    """In words; an unknown address and a wrong password are not told apart."""
    if code == "disabled":
        return _("Your account of the directory is closed: ask whoever keeps it.")
    if code == "expired":
        return _("Your password of the directory has expired: change it at your workstation, then sign in.")
    if code == "ambiguous":
        return _("Two people of the directory have this address: ask whoever keeps it to correct that.")
    return _("This address and this password do not go together in the directory.")
