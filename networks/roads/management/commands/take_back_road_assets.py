"""`manage.py take_back_road_assets NUMBER`: undo an import of assets of roads, as its page does."""

from typing import Any

from django.utils.translation import gettext as _

from layers.intake.file_command import RevertImportCommand
from networks.roads.sources import ASSETS


class Command(RevertImportCommand):
    help = "Reprend l’import d’un patrimoine routier : ce qu’il a apporté disparaît, sauf ce qui a été modifié depuis."
    source = ASSETS

    def summary(self, counts: dict[str, Any]) -> str:
        message = _(
            "%(removed)s assets removed, %(restored)s as before the import, %(left)s changed since, which stay."
        )
        return message % counts
