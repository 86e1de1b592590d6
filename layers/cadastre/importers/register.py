"""The cadastre's sources."""

from django.utils.translation import gettext_lazy as _

from layers.cadastre.importers.load_ban import import_ban
from layers.cadastre.importers.load_communes import import_communes
from layers.cadastre.importers.load_edigeo import import_edigeo
from layers.cadastre.importers.load_etalab import import_etalab
from layers.cadastre.services import SHEET_TABLES, TABLES
from layers.intake.sources import Source, register_source


def register_sources() -> None:
    """Called when the app starts."""
    register_source(
        Source(
            slug="etalab",
            label=_("Cadastre (Etalab)"),
            help=_("GeoJSON files of communes, sections, parcels or buildings, also compressed (.json.gz)."),
            run=import_etalab,
            layers=(*TABLES, "communes"),
        )
    )
    register_source(
        Source(
            slug="communes",
            label=_("Communes and inter-communal bodies"),
            help=_(
                "The boundaries (communes*.geojson), the official list (communes*.cog.json) and the EPCI (epci*.json)."
            ),
            run=import_communes,
            layers=("communes",),
        )
    )
    register_source(
        Source(
            slug="edigeo",
            label=_("Cadastral plan (PCI EDIGEO)"),
            help=_("Sheets as archives (.tar.bz2), archives of a commune or a department (.zip), or unpacked files."),
            run=import_edigeo,
            layers=(*SHEET_TABLES, "communes"),
        )
    )
    register_source(
        Source(
            slug="ban",
            label=_("Addresses (BAN)"),
            help=_("The published address file of a commune or a department (adresses-….csv or .csv.gz)."),
            run=import_ban,
            layers=("addresses",),
        )
    )
