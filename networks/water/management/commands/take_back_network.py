"""`manage.py take_back_network NUMBER`: undo an import of a network, as its page does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.models import FileImport
from layers.intake.services import imports
from networks.water.sources import NETWORK


class Command(BaseCommand):
    """Exit code 0 when it is undone, 2 when nothing was done."""

    help = "Reprend l’import d’un réseau : ce qu’il a apporté disparaît, sauf ce qui a été modifié depuis."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help=_("number of the import, which its page shows"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(SYSTEM), transaction.atomic():
                counts = self.take_back(options["number"])
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(_("%(removed)s objects removed, %(kept)s changed since, which stay.") % counts)

    def take_back(self, number: int) -> dict[str, Any]:
        states = FileImport.State
        loaded = FileImport.objects.filter(pk=number, source=NETWORK.slug, state=states.APPLIED)
        if not loaded.update(state=states.REVERTING, message=""):
            message = _("There is no import %(number)s that is loaded: nothing was done.")
            raise CommandError(message % {"number": number}, returncode=2)
        return imports.revert(number, lambda share, words: None)
