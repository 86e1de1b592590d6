"""The cadastre's sources."""

from django.utils.translation import gettext_lazy as _

from gis_core.wiring.points import Later
from layers.cadastre.services import SHEET_TABLES, TABLES
from layers.intake.reference_source import ReferenceSource

ETALAB = ReferenceSource(
    slug="etalab",
    label=_("Cadastre (Etalab)"),
    help=_("GeoJSON files of communes, sections, parcels or buildings, also compressed (.json.gz)."),
    run=Later("layers.cadastre.importers.load_etalab.import_etalab"),
    layers=(*TABLES, "communes"),
)
COMMUNES = ReferenceSource(
    slug="communes",
    label=_("Communes and inter-communal bodies"),
    help=_("The boundaries (communes*.geojson), the official list (communes*.cog.json) and the EPCI (epci*.json)."),
    run=Later("layers.cadastre.importers.load_communes.import_communes"),
    layers=("communes",),
)
EDIGEO = ReferenceSource(
    slug="edigeo",
    label=_("Cadastral plan (PCI EDIGEO)"),
    help=_("Sheets as archives (.tar.bz2), archives of a commune or a department (.zip), or unpacked files."),
    run=Later("layers.cadastre.importers.load_edigeo.import_edigeo"),
    layers=(*SHEET_TABLES, "communes"),
)
BAN = ReferenceSource(
    slug="ban",
    label=_("Addresses (BAN)"),
    help=_("The published address file of a commune or a department (adresses-….csv or .csv.gz)."),
    run=Later("layers.cadastre.importers.load_ban.import_ban"),
    layers=("addresses",),
)
