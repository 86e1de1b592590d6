"""`manage.py take_back_network NUMBER`: undo an import of a network, as its page does."""

from typing import Any

from django.utils.translation import gettext as _

from layers.intake.file_command import RevertImportCommand
from networks.water.sources import NETWORK


class Command(RevertImportCommand):
    help = "Reprend l’import d’un réseau : ce qu’il a apporté disparaît, sauf ce qui a été modifié depuis."
    source = NETWORK

    def summary(self, counts: dict[str, Any]) -> str:
        return _("%(removed)s objects removed, %(kept)s changed since, which stay.") % counts
