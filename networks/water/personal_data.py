"""How long who controlled what is kept, and what networks are processed for (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When

MODELS: Final = ("water.HydrantInspection", "water.ManholeInspection")
KINDS: Final = (
    RetentionKind(
        slug="network_inspections",
        title=_("Inspections of hydrants and manholes"),
        what=_("What was measured and by whom; the name is erased when the person asks for it."),
        when=When.STAYS,
        models=MODELS,
        duration=lambda: _("as long as the authority keeps the network"),
        reason=_("the history of the structure"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="networks",
        title=_("Water and sewer networks, fire defence"),
        controller=Controller.MEMBER,
        purposes=_("Keep and repair networks; inspect structures."),
        basis=_("task in the public interest (GDPR, art. 6 § 1 e)"),
        people=_("staff and contractors who inspect; subscribers, by the address of a connection"),
        models=(*MODELS, "water.OutagePhoto"),
        data=_("address and number of a connection, without a name; people seen on a photo of an outage"),
        recipients=_("technicians and administrators of the authority; the SDIS for fire defence"),
    ),
)
