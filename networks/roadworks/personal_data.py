"""How long who asks for works on roads is kept, and what that is processed for (`gis_core.ownership`)."""

from typing import Final

from django.conf import settings

from gis_core.ownership.law import AGREED, ARCHIVES
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import rows
from gis_core.wiring.points import Later

KINDS: Final = (
    RetentionKind(
        slug="road_applicants",
        title="Demandeurs de travaux sur la voirie",
        what="Nom, adresse, e-mail, téléphone et les mots de la demande d'un particulier ; les moyens de joindre une"
        " entreprise ; les brouillons. Nombre de demandes.",
        when=When.ALWAYS,
        models=("roadworks.WorkRequest",),
        duration=lambda: f"{settings.ROAD_REQUEST_YEARS} ans après la fin des travaux",
        reason="réglage ARPENT_ROAD_REQUEST_YEARS de l'agence ; cinq ans par défaut est un choix de la plateforme",
        rehearse=Later("networks.roadworks.services.retention.rehearse_forgetting"),
        stock=rows("roadworks.WorkRequest", "received_date", "forgotten_date is null"),
    ),
    RetentionKind(
        slug="road_files",
        title="Arrêtés, pièces et transmissions de voirie",
        what="Une pièce retirée est gardée ; son contenu s'efface après la durée du membre, avec un visa.",
        when=When.HAND,
        models=("roadworks.WorkOrder", "roadworks.WorkOrderFile", "roadworks.WorkPiece", "roadworks.WorkTransmission"),
        duration=lambda: AGREED,
        article=ARCHIVES.article,
        reason="archives publiques : durée saisie par membre avec sa source, et visa des Archives départementales",
        stock=rows("roadworks.WorkOrder", "numbered_date"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="road_requests",
        title="Demandes et arrêtés de voirie",
        controller=Controller.MEMBER,
        purposes="Recevoir et instruire les demandes de travaux et d'occupation, prendre et publier les arrêtés.",
        basis="obligation légale et mission d'intérêt public (art. 6 § 1 c et e) : police de la circulation et voirie",
        people="demandeurs (particuliers, agents d'entreprises)",
        models=(
            "roadworks.WorkRequest",
            "roadworks.WorkOrder",
            "roadworks.WorkOrderFile",
            "roadworks.WorkPiece",
            "roadworks.WorkTransmission",
        ),
        recipients="agents et mairies du membre ; l'autorité à qui une demande est transmise ; le public (arrêtés)",
    ),
)
