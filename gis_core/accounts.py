"""Accounts are made by administrators, never by visitors."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from gis_core.models import User
from gis_core.services.people import accept_first


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A first password comes from the link of an invitation, which it accepts."""
        first = not user.has_usable_password()
        super().set_password(user, password)
        if first and isinstance(user, User):
            accept_first(user)
