"""`manage.py import_bdtopo PATH... --member SLUG [--commune INSEE,…] [--extent X,Y,X,Y] [--replace] [--dry-run]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from networks.roads.importers.staging import Scope
from networks.roads.management.importing import RoadsCommand
from networks.roads.services.importing import Order, communes_in


class Command(RoadsCommand):
    help = "Importe les tronçons de route (et les PR) d’une livraison BD TOPO v3 : GeoPackage, Shapefile, ZIP, dossier."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--commune", default="", help=_("INSEE codes, between commas: only their sections"))
        parser.add_argument("--extent", default="", metavar="X,Y,X,Y", help=_("box in Lambert-93: what touches it"))
        parser.add_argument("--replace", action="store_true", help=_("remove sections that are no longer delivered"))

    def order(self, paths: list[Path], options: dict[str, Any]) -> Order:
        try:
            communes = frozenset(communes_in(options["commune"]))
        except Invalid as error:
            raise CommandError(error.message, returncode=2) from error
        return Order(
            what="sections",
            paths=paths,
            scope=Scope(communes=communes, extent=extent_in(options["extent"])),
            replace=options["replace"],
            strict=options["strict"],
            write=not options["dry_run"],
            accepted_loss=options["accept_loss"],
        )


def extent_in(text: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north in metres (Lambert-93) of “w,s,e,n”; None for no text. Raises CommandError."""
    if not text:
        return None
    try:
        west, south, east, north = (float(one) for one in text.split(","))
    except ValueError as error:
        raise CommandError(_("The box is four numbers between commas, in Lambert-93."), returncode=2) from error
    if not (west < east and south < north):
        raise CommandError(_("The box is west, south, east, north, in this order."), returncode=2)
    return west, south, east, north
