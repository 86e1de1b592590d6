"""./arpent manage sweep_permits: what every night does, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gis_core.members.rights import SYSTEM, acting_as
from permits.services.sweeping import sweep


class Command(BaseCommand):
    help = "Recompute the states and dates of open planning applications, as every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="every file, ended ones too: after an upgrade")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(SYSTEM):
            swept = sweep(every=options["all"])
        self.stdout.write(f"{swept.read} dossiers lus, {swept.changed} changés.")
