"""The source of owners."""

from django.utils.translation import gettext_lazy as _

from layers.intake.sources import Source, register_source
from layers.owners.importers.load_majic import forget_old_years, import_majic


def register_sources() -> None:
    """Called when the app starts."""
    register_source(
        Source(
            slug="majic",
            label=_("Owners (MAJIC)"),
            help=_("The files of the DGFiP as they are delivered: PROP, NBAT and BATI of the same year."),
            run=import_majic,
            after_taking_back=forget_old_years,
        )
    )
