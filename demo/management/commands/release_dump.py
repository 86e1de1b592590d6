"""`manage.py release_dump`: the demo of this release, for the test that upgrades it to later versions."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.release_dump import dump_release


class Command(BaseCommand):
    help = "Enregistre un extrait de la démonstration de cette version dans tests/data/releases ; prend des minutes."
    # It needs no database: it makes one of its own.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        dump_release(self.stdout.write)
