"""`manage.py take_back_network NUMBER`: undo an import of a network, as its page does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from networks.water.models import NetworkImport
from networks.water.services import importing


class Command(BaseCommand):
    """Exit code 0 when it is undone, 2 when nothing was done."""

    help = "Reprend l’import d’un réseau : ce qu’il a apporté disparaît, sauf ce qui a été modifié depuis."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help=_("number of the import, which its page shows"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(SYSTEM), transaction.atomic():
                told = self.take_back(options["number"])
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(_("%(removed)s objects removed, %(kept)s changed since, which stay.") % told)

    def take_back(self, number: int) -> dict[str, Any]:
        states = NetworkImport.State
        loaded = NetworkImport.objects.filter(pk=number, state=states.LOADED)
        if not loaded.update(state=states.TAKING_BACK, message=""):
            message = _("There is no import %(number)s that is loaded: nothing was done.")
            raise CommandError(message % {"number": number}, returncode=2)
        return importing.bring_back(number, lambda share, words: None)
