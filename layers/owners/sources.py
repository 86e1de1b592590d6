"""The source of owners."""

from django.utils.translation import gettext_lazy as _

from gis_core.wiring.points import Later
from layers.intake.reference_source import ReferenceSource

MAJIC = ReferenceSource(
    slug="majic",
    label=_("Owners (MAJIC)"),
    help=_("The files of the DGFiP as they are delivered: PROP, NBAT and BATI of the same year."),
    run=Later("layers.owners.importers.load_majic.import_majic"),
    after_revert=Later("layers.owners.importers.load_majic.forget_old_years"),
)
