"""How long who asks for works on roads is kept, and what that is processed for (`gis_core.ownership`)."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gis_core.ownership.law import ARCHIVES, agreed
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import rows
from gis_core.wiring.points import Later

KINDS: Final = (
    RetentionKind(
        slug="road_applicants",
        title=_("Applicants for works on roads"),
        what=_(
            "Name, address, e-mail address, telephone and words of a private person's request; how to reach a"
            " company; drafts. Requests are counted."
        ),
        when=When.ALWAYS,
        models=("roadworks.WorkRequest",),
        duration=lambda: _("%(years)s years after the end of the works") % {"years": settings.ROAD_REQUEST_YEARS},
        reason=_("the agency's setting ARPENT_ROAD_REQUEST_YEARS; five years by default is the platform's choice"),
        rehearse=Later("networks.roadworks.services.retention.rehearse_forgetting"),
        stock=rows("roadworks.WorkRequest", "received_date", "forgotten_date is null"),
    ),
    RetentionKind(
        slug="road_files",
        title=_("Orders, pieces and transmissions about roads"),
        what=_("A piece that was withdrawn is kept; its content is erased after the authority's time, with a visa."),
        when=When.HAND,
        models=("roadworks.WorkOrder", "roadworks.WorkOrderFile", "roadworks.WorkPiece", "roadworks.WorkTransmission"),
        duration=agreed,
        article=ARCHIVES.article,
        reason=_(
            "public archives: a time entered by each authority with its source, and a visa of the Archives"
            " départementales"
        ),
        stock=rows("roadworks.WorkOrder", "numbered_date"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="road_requests",
        title=_("Requests and orders about roads"),
        controller=Controller.MEMBER,
        purposes=_("Receive and handle requests for works and occupation, make and publish orders."),
        basis=_("legal obligation and task in the public interest (GDPR, art. 6 § 1 c and e): traffic and roads"),
        people=_("applicants (private persons, staff of companies)"),
        models=(
            "roadworks.WorkRequest",
            "roadworks.WorkOrder",
            "roadworks.WorkOrderFile",
            "roadworks.WorkPiece",
            "roadworks.WorkTransmission",
        ),
        recipients=_(
            "staff and town halls of the authority; the authority to which a request is transmitted;"
            " the public (orders)"
        ),
    ),
)
