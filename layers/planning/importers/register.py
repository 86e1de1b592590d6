"""The sources of planning."""

from django.utils.translation import gettext_lazy as _

from layers.intake.sources import Source, register_source
from layers.planning.importers import risks, sup
from layers.planning.importers.plu import import_plu
from layers.planning.importers.risks import import_risks
from layers.planning.importers.sup import import_sup
from layers.planning.services import versions


def register_sources() -> None:
    """Called when the app starts."""
    register_source(
        Source(
            slug="plu",
            label=_("Planning document (PLU, PLUi, communal map)"),
            help=_("A ZIP archive of a delivery of the CNIG standard, as the Géoportail de l’urbanisme takes it."),
            run=import_plu,
            layers=versions.LAYERS,
            after_taking_back=versions.refresh,
        )
    )
    register_source(
        Source(
            slug="sup",
            label=_("Public easements (SUP)"),
            help=_("A ZIP archive of a delivery of the CNIG standard: easements, acts, generators, footprints."),
            run=import_sup,
            layers=sup.LAYERS,
        )
    )
    register_source(
        Source(
            slug="risks",
            label=_("Risk prevention plan (PPR)"),
            help=_("The GeoPackage of the CNIG standard, or a ZIP archive of its tables."),
            run=import_risks,
            layers=risks.LAYERS,
        )
    )
