"""`manage.py take_back_campaign SLUG`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from orthophoto.services.campaigns import campaign_of
from orthophoto.services.publication import unpublish_photo


class Command(BaseCommand):
    help = "Show a campaign no more; its files stay."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        try:
            with acting_as(SYSTEM):
                unpublish_photo(campaign_of(slug, SYSTEM), SYSTEM)
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
