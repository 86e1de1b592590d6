"""Which way in fits whom: methods by the domain of an e-mail address, and who may no longer use a password."""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from gis_core.models import Member, SignInMethod, User


def open_methods() -> QuerySet[SignInMethod]:
    return SignInMethod.objects.filter(active=True).select_related("member")


def methods_for(email: str) -> list[SignInMethod]:
    """Those that an address leads to: of its domain, or those of the platform that are for every domain."""
    domain = email.strip().rpartition("@")[2].lower()
    by_domain = open_methods().filter(domains__contains=[domain]) if domain else open_methods().none()
    return list(by_domain) or list(for_everybody())


def for_everybody() -> QuerySet[SignInMethod]:
    """The platform's methods that no domain narrows: the sign-in page shows them at once."""
    return open_methods().filter(member=None, domains=[])


def entry_of(method: SignInMethod, *, email: str = "", next_url: str = "") -> str:
    """The page where somebody signs in by a method; empty where this version has none for its kind."""
    name = "directory_sign_in" if method.kind == SignInMethod.Kind.DIRECTORY else "provider_begin"
    try:
        path = reverse(name, args=[method.pk])
    except NoReverseMatch:
        return ""
    given = {name: value for name, value in (("courriel", email), ("next", next_url)) if value}
    return f"{path}?{urlencode(given)}" if given else path


def may_use_password(user: User) -> bool:
    """Whether passwords open this account: each of its members has them open, or has it for its emergency account."""
    closed = user.memberships.accepted().filter(member__passwords_open=False)
    return not closed.exclude(member__emergency_account=user).exists()


def is_emergency_account(user: User) -> bool:
    return Member.objects.filter(emergency_account=user).exists()


def first_step(request: HttpRequest, user: User) -> str:
    """By what a session is being opened, before any second factor: `password`, `password_reset`, `socialaccount`, or
    `mfa` (a passkey alone); empty where nothing was noted.
    """
    steps = [
        str(one.get("method"))
        for one in get_authentication_records(request, user)
        if one.get("method") != "mfa" or one.get("passwordless")
    ]
    return steps[-1] if steps else ""


def may_open(request: HttpRequest, user: User) -> bool:
    """Whether what is about to open a session may: a password, the mail's link that sets one, or a passkey alone where
    passwords open the account. A passkey stands for a password that there is: who comes by a provider alone goes on so.
    """
    step = first_step(request, user)
    if step == "socialaccount":
        return True
    return may_use_password(user) and (step != "mfa" or user.has_usable_password())
