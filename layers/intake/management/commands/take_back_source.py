"""`manage.py take_back_source [NUMBER]`: undo an import of reference data or of roads, as its page does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.command import nothing_done
from layers.intake.source_imports import can_be_taken_back, describe_counts, last_day, revert_source_import


class Command(BaseCommand):
    """Exit code 0 when it is undone, 2 when nothing was done."""

    help = (
        "Reprend un import de données de référence (cadastre, adresses, communes, MAJIC, PLU, SUP, PPR) ou de routes "
        "(BD TOPO, PR) : les données redeviennent ce qu’elles étaient. Sans numéro : liste les imports à reprendre."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        label = _("number of the import, which its end and its page show; without it, they are listed")
        parser.add_argument("number", type=int, nargs="?", metavar="NUMBER", help=label)

    def handle(self, *args: Any, **options: Any) -> None:
        with nothing_done(), acting_as(SYSTEM):
            if options["number"] is None:
                self.list_imports()
                return
            counts = revert_source_import(options["number"], by=None, rights=SYSTEM)
        self.stdout.write("\n".join(describe_counts(counts)))

    def list_imports(self) -> None:
        for made in can_be_taken_back():
            until = _("until %(day)s") % {"day": last_day(made).isoformat()}
            owner = f" · {made.owner.slug}" if made.owner else ""
            self.stdout.write(f"{made.pk}\t{made.created_at:%Y-%m-%d %H:%M}\t{made.title}{owner}\t{until}")
