"""Print a new API token of a user."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.models import User
from gis_core.services.tokens import create_token


class Command(BaseCommand):
    help = "Print a new API token of a user; it is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="api_token")

    def handle(self, *args: Any, username: str, name: str, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(_("No open account is named %(name)s.") % {"name": username})
        try:
            _token, secret = create_token(user=user, name=name)
        except ArpentError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(secret)
