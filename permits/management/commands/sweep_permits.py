"""./arpent manage sweep_permits: what every night does, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from gis_core.members.rights import SYSTEM, acting_as
from permits.services.sweeping import sweep


class Command(BaseCommand):
    help = "Recompute the states and dates of open planning applications, as every night."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(SYSTEM):
            swept = sweep()
        self.stdout.write(f"{swept.read} dossiers lus, {swept.changed} changés.")
