"""`manage.py seed_demo`: the demo territory, members and accounts."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from demo.seed import seed_demo
from demo.tasks import SEED


class Command(BaseCommand):
    help = "Charge le territoire de démonstration, ses membres et ses comptes ; sans effet s'il est déjà là."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        seed_demo(data_dir=settings.DATA_DIR, seed=options["seed"], say=self.stdout.write)
