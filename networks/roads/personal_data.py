"""How long who inspected what is kept, and what roads are processed for (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import rows

KINDS: Final = (
    RetentionKind(
        slug="road_inspections",
        title=_("Inspections of road equipment"),
        what=_("What was found and by whom; the name is erased when the person asks for it."),
        when=When.STAYS,
        models=("roads.RoadInspection",),
        duration=lambda: _("as long as the authority keeps the road"),
        reason=_("the history of the equipment"),
        stock=rows("roads.RoadInspection", "done_date"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="roads",
        title=_("Road assets"),
        controller=Controller.MEMBER,
        purposes=_("Keep and inspect roads and their equipment."),
        basis=_("task in the public interest (GDPR, art. 6 § 1 e)"),
        people=_("staff and contractors who inspect"),
        models=("roads.RoadInspection",),
        recipients=_("staff of the authority"),
    ),
)
