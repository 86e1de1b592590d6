"""Django's command; here another password ends the account's API tokens, as on the page."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from gis_core.models import User
from gis_core.tokens.services import end_tokens


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        said: str | None = super().handle(*args, **options)
        for user in User.objects.filter(username=options.get("username") or getpass.getuser()):
            end_tokens(user)
        return said
