"""`manage.py import_pr FILE... --member SLUG [--strict] [--dry-run]`."""

from pathlib import Path
from typing import Any

from networks.roads.management.importing import RoadsCommand
from networks.roads.services.importing import Order


class Command(RoadsCommand):
    help = "Importe des points de repère (PR) : CSV, tableur ou couche, avec route, pr, cote, et x, y ou cumul."

    def order(self, paths: list[Path], options: dict[str, Any]) -> Order:
        return Order(what="markers", paths=paths, strict=options["strict"], write=not options["dry_run"])
