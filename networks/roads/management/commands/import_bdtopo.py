"""`manage.py import_bdtopo PATH... --member SLUG [--commune INSEE,…] [--extent X,Y,X,Y] [--replace] [--dry-run]`."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from networks.roads.management.importing import RoadsCommand
from networks.roads.services.importing import communes_in
from networks.roads.sources import SECTIONS


class Command(RoadsCommand):
    help = "Importe les tronçons de route (et les PR) d’une livraison BD TOPO v3 : GeoPackage, Shapefile, ZIP, dossier."
    source = SECTIONS

    def add_options(self, parser: CommandParser) -> None:
        super().add_options(parser)
        parser.add_argument("--commune", default="", help=_("INSEE codes, between commas: only their sections"))
        parser.add_argument("--extent", default="", metavar="X,Y,X,Y", help=_("box in Lambert-93: what touches it"))
        parser.add_argument("--replace", action="store_true", help=_("remove sections that are no longer delivered"))

    def parse_choices(self, options: dict[str, Any]) -> dict[str, Any]:
        chosen = super().parse_choices(options) | ({"replace": True} if options["replace"] else {})
        if options["commune"]:
            chosen["communes"] = communes_in(options["commune"])
        if options["extent"]:
            chosen["extent"] = extent_in(options["extent"])
        return chosen


def extent_in(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north in metres (Lambert-93) of “w,s,e,n”. Raises Invalid."""
    try:
        west, south, east, north = (float(one) for one in text.split(","))
    except ValueError as error:
        message = _("The box is four numbers between commas, in Lambert-93.")
        raise Invalid(message, parameter="extent") from error
    if not (west < east and south < north):
        raise Invalid(_("The box is west, south, east, north, in this order."), parameter="extent")
    return west, south, east, north
