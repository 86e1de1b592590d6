"""`manage.py export_networks --member SLUG --family water|sewer|both --format FORMAT FILE`."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from layers.exports.makers import MadeFile
from networks.water.services.exporting import FAMILIES, FORMATS, make


class Command(BaseCommand):
    """Writes the whole network of a member, whoever it is shared with. The file appears whole, or not at all."""

    help = "Exporte le réseau d’un membre au standard RAEPA 1.2 ou StaR-Eau v2024, ou pour EPANET."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--member", required=True, help=_("short name of the member"))
        parser.add_argument("--family", choices=list(FAMILIES), default="both")
        parser.add_argument("--format", choices=list(FORMATS), required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        given = {name: options[name] for name in ("member", "family", "format")}
        try:
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as scratch:
                made = self.make_file(given, Path(scratch))
                made.path.replace(path)
        except ArpentError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(_("The file cannot be written: %(reason)s.") % {"reason": error}) from error
        for layer in made.layers:
            self.stdout.write(f"{layer['title']} : {layer['rows']}")
        for remark in made.remarks:
            self.stdout.write(f"- {remark}")

    def make_file(self, given: dict[str, str], folder: Path) -> MadeFile:
        with acting_as(SYSTEM), transaction.atomic():
            return make(given, SYSTEM, folder, lambda share, message: None)
