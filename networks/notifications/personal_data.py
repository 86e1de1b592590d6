"""How long whom to warn is kept, and what that is processed for (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.law import OBJECTION
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import FOR_EVER, JOURNAL_DAYS, RetentionKind, When
from gis_core.ownership.stock import closed_rows, files
from gis_core.wiring.points import Later


def sent_file_days() -> str:
    from networks.notifications.services.retention import FILE_DAYS, TRIAL_DAYS

    return f"{FILE_DAYS} jours ; essais : {TRIAL_DAYS} jours ; signalements : 30 jours"


KINDS: Final = (
    RetentionKind(
        slug="contacts",
        title="Contacts des abonnés",
        what="Nom, téléphone, e-mail, adresse de qui est prévenu d'une coupure, que personne n'a confirmés.",
        when=When.MEMBER,
        models=("notifications.Contact",),
        duration=lambda: "les années réglées par chaque membre après la dernière confirmation (5 s'il n'a rien réglé)",
        reason="réglage du membre ; cinq ans par défaut est un choix de la plateforme",
        rehearse=Later("networks.notifications.services.retention.rehearse_forgetting"),
        stock=closed_rows("notifications_contact", "confirmed_date"),
    ),
    RetentionKind(
        slug="recipients",
        title="Destinataires des avis envoyés",
        what="Le numéro ou l'adresse de chaque message ; le message reste, sans destinataire.",
        when=When.MEMBER,
        models=("notifications.Message",),
        duration=lambda: "les mois réglés par chaque membre après l'envoi (12 s'il n'a rien réglé)",
        reason="réglage du membre : répondre d'un avis non reçu",
        rehearse=Later("networks.notifications.services.retention.rehearse_emptying"),
        stock=Later("networks.notifications.services.retention.count_recipients"),
    ),
    RetentionKind(
        slug="objections",
        title="Refus d'être prévenu",
        what="Le numéro ou l'adresse de qui ne veut plus d'avis.",
        when=When.STAYS,
        models=("notifications.OptOut",),
        duration=lambda: OBJECTION.duration,
        article=OBJECTION.article,
        reason=OBJECTION.reason,
    ),
    RetentionKind(
        slug="sent_files",
        title="Fichiers remis aux passerelles, essais, signalements arrivés trop tôt",
        what="Ce qui a été remis ou essayé, avec les destinataires.",
        when=When.ALWAYS,
        models=("notifications.EarlyReport",),
        duration=sent_file_days,
        reason="vérifier ce qui a été remis",
        stock=files(Later("networks.notifications.services.retention.sent_files")),
        rehearse=Later("networks.notifications.services.retention.count_old_files"),
    ),
    RetentionKind(
        slug="contact_readings",
        title="Journal des contacts",
        what="Qui a lu, changé ou exporté quels contacts ; supprimé tant de jours après.",
        when=When.CHOSEN,
        models=("notifications.ContactReading",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence avec les membres",
        erase=Later("networks.notifications.services.retention.forget_readings"),
        least_days=JOURNAL_DAYS,
        stock=closed_rows("notifications_contactreading", "at"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="warnings",
        title="Prévenir les abonnés",
        controller=Controller.MEMBER,
        purposes="Prévenir d'une coupure d'eau ou de travaux les personnes qui en ont besoin.",
        basis="mission d'intérêt public (art. 6 § 1 e) : le service de l'eau ; la personne peut s'y opposer (art. 21)",
        people="abonnés et occupants, usagers sensibles",
        models=(
            "notifications.Contact",
            "notifications.OptOut",
            "notifications.Message",
            "notifications.ContactReading",
        ),
        data="adresse desservie, usager sensible ou non",
        recipients="techniciens et administrateurs du membre ; le fournisseur d'envoi de SMS et de mails que l'agence a"
        " choisi (à nommer)",
        measures="contacts lus par des fonctions qui écrivent leur journal ; un refus vaut pour les imports suivants",
    ),
)
