"""Print a new API token of a user."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError
from gis_core.models import User
from gis_core.tokens.services import MOST_DAYS, USUAL_DAYS, create_token


class Command(BaseCommand):
    help = "Print a new API token of a user; it is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="api_token")
        parser.add_argument("--days", type=int, default=USUAL_DAYS, help="how long it is good for (365)")

    def handle(self, *args: Any, username: str, name: str, days: int, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(_("No open account is named %(name)s.") % {"name": username})
        try:
            last_date = database_clock.today() + timedelta(days=max(-1, min(days, MOST_DAYS + 1)))
            _token, secret = create_token(user=user, name=name, last_date=last_date)
        except ArpentError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(secret)
