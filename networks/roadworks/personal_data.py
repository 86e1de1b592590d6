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
        what="Nom, adresse, e-mail, téléphone et les mots de la demande d'un particulier ; les moyens de joindre une"
        " entreprise ; les brouillons. Nombre de demandes.",
        when=When.ALWAYS,
        models=("roadworks.WorkRequest",),
        duration=lambda: _("%(years)s years after the end of the works") % {"years": settings.ROAD_REQUEST_YEARS},
        reason="réglage ARPENT_ROAD_REQUEST_YEARS de l'agence ; cinq ans par défaut est un choix de la plateforme",
        rehearse=Later("networks.roadworks.services.retention.rehearse_forgetting"),
        stock=rows("roadworks.WorkRequest", "received_date", "forgotten_date is null"),
    ),
    RetentionKind(
        slug="road_files",
        title=_("Orders, pieces and transmissions about roads"),
        what="Une pièce retirée est gardée ; son contenu s'efface après la durée du membre, avec un visa.",
        when=When.HAND,
        models=("roadworks.WorkOrder", "roadworks.WorkOrderFile", "roadworks.WorkPiece", "roadworks.WorkTransmission"),
        duration=agreed,
        article=ARCHIVES.article,
        reason="archives publiques : durée saisie par membre avec sa source, et visa des Archives départementales",
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
