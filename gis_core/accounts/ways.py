"""How people sign in: by which providers and directories, by a password, and whether a second factor guards it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext as _

from gis_core.accounts.joining import FORGOTTEN
from gis_core.models import SignInMethod, User

PREFIX = "method-"
"""Of the name by which allauth keeps a sign-in method: `method-<number>`."""


@dataclass(slots=True)
class Ways:
    """What opens an account: names of methods (a password is one), and whether there is a second factor."""

    names: list[str] = field(default_factory=list)
    second_factor: bool = False

    def __str__(self) -> str:
        return ", ".join(self.names)


def ways_of(users: Iterable[User]) -> dict[int, Ways]:
    """Those of several accounts, by their ids, in three queries."""
    people = {one.pk: one for one in users}
    ways: dict[int, Ways] = defaultdict(Ways)
    joined = SocialAccount.objects.filter(user__in=people).exclude(uid__startswith=FORGOTTEN)
    accounts = list(joined.values_list("user_id", "provider"))
    numbers = {provider.removeprefix(PREFIX) for _user, provider in accounts}
    methods = SignInMethod.objects.filter(pk__in=[int(one) for one in numbers if one.isdecimal()], active=True)
    names = {f"{PREFIX}{pk}": name for pk, name in methods.values_list("pk", "name")}
    for user, provider in accounts:
        if name := names.get(provider):
            ways[user].names.append(name)
    for user, person in people.items():
        if person.has_usable_password():
            ways[user].names.append(_("password"))
    factors = Authenticator.objects.filter(user__in=people).exclude(type=Authenticator.Type.RECOVERY_CODES)
    for user in factors.values_list("user_id", flat=True).distinct():
        ways[user].second_factor = True
    return ways
