"""`manage.py import_pr FILE... --member SLUG [--strict] [--dry-run]`."""

from networks.roads.management.importing import RoadsCommand
from networks.roads.sources import MARKERS


class Command(RoadsCommand):
    help = "Importe des points de repère (PR) : CSV, tableur ou couche, avec route, pr, cote, et x, y ou cumul."
    source = MARKERS
