"""How long who applies is kept, and what that is processed for (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.law import AGREED, APPLICATIONS, ARCHIVES, SIGNED
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import FOR_EVER, JOURNAL_DAYS, RetentionKind, When
from gis_core.ownership.stock import closed_rows, rows
from gis_core.wiring.points import Later

KINDS: Final = (
    RetentionKind(
        slug="applicants",
        title="Demandeurs des dossiers finis",
        what="Nom, adresse, e-mail, téléphone, mandataire, architecte ; les formulaires sont fermés.",
        when=When.MEMBER,
        models=("permits.Applicant",),
        duration=lambda: "les années réglées par chaque membre après la fin du dossier (10 s'il n'a rien réglé)",
        reason="réglage du membre ; dix ans par défaut est un choix de la plateforme",
        rehearse=Later("permits.services.retention.rehearse_forgetting"),
        stock=Later("permits.services.retention.count_applicants"),
    ),
    RetentionKind(
        slug="permit_files",
        title="Dossiers d'urbanisme, pièces, consultations, fiches figées",
        what="Une pièce retirée est gardée ; son contenu s'efface après la durée du membre, avec un visa.",
        when=When.HAND,
        models=(
            *("permits.Permit", "permits.Event", "permits.Figures", "permits.Piece", "permits.Consultation"),
            *("permits.ConsultationLink", "permits.ConsultationReply", "permits.SignatureProposal"),
            *("permits.ProposalReview", "parcels.FrozenSheet"),
        ),
        duration=lambda: AGREED,
        article=APPLICATIONS.article,
        reason="archives publiques : durée saisie par membre avec sa source, et visa des Archives départementales",
        stock=rows("permits.Permit", "filed_date"),
    ),
    RetentionKind(
        slug="signatories",
        title="Signataires",
        what="Prénom, nom et qualité de qui signe les actes.",
        when=When.HAND,
        models=("permits.Signatory",),
        duration=lambda: SIGNED.duration,
        article=SIGNED.article,
        reason=ARCHIVES.reason,
        stock=rows("permits.Signatory", "since_date"),
    ),
    RetentionKind(
        slug="permit_reminders",
        title="Rappels des instructeurs",
        what="Les préférences de rappel d'un compte.",
        when=When.HAND,
        models=("permits.Reminder",),
        duration=lambda: "tant que le compte est là",
        reason="elles partent avec le compte",
        stock=rows("permits.Reminder", "sent_date"),
    ),
    RetentionKind(
        slug="applicant_readings",
        title="Journal des demandeurs",
        what="Qui a lu, changé ou exporté les demandeurs de quels dossiers ; supprimé tant de jours après.",
        when=When.CHOSEN,
        models=("permits.ApplicantReading",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence avec les membres",
        erase=Later("permits.services.retention.forget_readings"),
        least_days=JOURNAL_DAYS,
        stock=closed_rows("permits_applicantreading", "at"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="permits",
        title="Autorisations d'urbanisme",
        controller=Controller.MEMBER,
        purposes="Recevoir, instruire, décider et suivre les demandes ; consulter les services ; notifier ; archiver.",
        basis="obligation légale et mission d'intérêt public (art. 6 § 1 c et e) : Code de l'urbanisme, livre IV",
        people="demandeurs, mandataires, architectes ; agents des services consultés ; signataires",
        models=(
            *("permits.Applicant", "permits.Permit", "permits.Event", "permits.Figures", "permits.Piece"),
            *("permits.Consultation", "permits.ConsultationLink", "permits.ConsultationReply", "permits.Signatory"),
            *("permits.SignatureProposal", "permits.ProposalReview", "parcels.FrozenSheet"),
            *("permits.ApplicantReading", "permits.Reminder"),
        ),
        data="le projet et son terrain ; ce que disent les pièces déposées (formulaires, plans, photos)",
        recipients="instructeurs et administrateurs du membre ; sa mairie pour sa commune ; services consultés, par un"
        " lien et un code ; le public pour le registre des décisions, sans nom",
        measures="demandeurs lus par des fonctions qui écrivent leur journal ; nom absent des cartes, des listes"
        " publiques et des adresses ; un lien de consultation ne montre que les pièces choisies",
    ),
)
