"""`manage.py take_back_import NUMBER [--confirmed]`: undo an import of a file as a layer, as its page does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.command import nothing_done
from layers.intake.services import local


class Command(BaseCommand):
    """Exit code 0 when it is undone, 2 when nothing was done."""

    help = "Reprend un import : la couche redevient ce qu’elle était, sauf ce qui a été modifié depuis."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help=_("number of the import, which its page shows"))
        parser.add_argument("--confirmed", action="store_true", help=_("also undo what was edited since"))

    def handle(self, *args: Any, **options: Any) -> None:
        with nothing_done(), acting_as(SYSTEM):
            counts = local.revert_import(
                options["number"], confirmed=options["confirmed"], progress=lambda *_progress: None
            )
        messages = {
            "removed": _("Objects removed: %(count)s"),
            "back": _("Objects that are back: %(count)s"),
            "restored": _("Objects as they were before: %(count)s"),
            "edited": _("Edited since, left as they are or gone with it: %(count)s"),
        }
        for name, count in counts.items():
            self.stdout.write(messages[name] % {"count": count})
