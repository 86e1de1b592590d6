"""`manage.py render_demo_photos DIR`: the demo territory's two aerial campaigns, as a contractor delivers them."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from demo.photos import deliver
from demo.tasks import SEED
from demo.territory import generate


class Command(BaseCommand):
    help = "Dessine les deux campagnes aériennes de démonstration dans un dossier ; ce qui s'y trouve déjà reste."
    # It needs no database.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--seed", type=int, default=SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        for delivery in deliver(generate(options["seed"]), options["folder"], self.stdout.write):
            self.stdout.write(f"{delivery.title} : {delivery.folder}")
