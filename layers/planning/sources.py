"""The sources of planning."""

from django.utils.translation import gettext_lazy as _

from gis_core.wiring.points import Later
from layers.intake.reference_source import ReferenceSource
from layers.planning.services import versions

SUP_LAYERS = tuple(f"sup-{what}-{kind}" for what in ("assiettes", "generateurs") for kind in ("surf", "lin", "pct"))
RISK_LAYERS = ("risques-zones",)

PLU = ReferenceSource(
    slug="plu",
    label=_("Planning document (PLU, PLUi, communal map)"),
    help=_("A ZIP archive of a delivery of the CNIG standard, as the Géoportail de l’urbanisme takes it."),
    run=Later("layers.planning.importers.plu.import_plu"),
    layers=versions.LAYERS,
    after_revert=versions.refresh,
)
SUP = ReferenceSource(
    slug="sup",
    label=_("Public easements (SUP)"),
    help=_("A ZIP archive of a delivery of the CNIG standard: easements, acts, generators, footprints."),
    run=Later("layers.planning.importers.sup.import_sup"),
    layers=SUP_LAYERS,
)
RISKS = ReferenceSource(
    slug="risks",
    label=_("Risk prevention plan (PPR)"),
    help=_("The GeoPackage of the CNIG standard, or a ZIP archive of its tables."),
    run=Later("layers.planning.importers.risks.import_risks"),
    layers=RISK_LAYERS,
)
