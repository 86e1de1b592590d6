"""How long who applies is kept, and what that is processed for (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.law import APPLICATIONS, SIGNED, agreed
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import FOR_EVER, JOURNAL_DAYS, RetentionKind, When
from gis_core.ownership.stock import closed_rows, rows
from gis_core.wiring.points import Later

KINDS: Final = (
    RetentionKind(
        slug="applicants",
        title=_("Applicants of files that are over"),
        what=_("Name, address, e-mail address, telephone, agent, architect; the forms are closed."),
        when=When.MEMBER,
        models=("permits.Applicant",),
        duration=lambda: _("the years set by each authority after the end of the file (10 where it set nothing)"),
        reason=_("the authority's setting; ten years by default is the platform's choice"),
        rehearse=Later("permits.services.retention.rehearse_forgetting"),
        stock=Later("permits.services.retention.count_applicants"),
    ),
    RetentionKind(
        slug="permit_files",
        title=_("Planning files, pieces, consultations, frozen sheets"),
        what=_("A piece that was withdrawn is kept; its content is erased after the authority's time, with a visa."),
        when=When.HAND,
        models=(
            *("permits.Permit", "permits.Event", "permits.Figures", "permits.Piece", "permits.Consultation"),
            *("permits.ConsultationLink", "permits.ConsultationReply", "permits.SignatureProposal"),
            *("permits.ProposalReview", "parcels.FrozenSheet"),
        ),
        duration=agreed,
        article=APPLICATIONS.article,
        reason=_(
            "public archives: a time entered by each authority with its source, and a visa of the Archives"
            " départementales"
        ),
        stock=rows("permits.Permit", "filed_date"),
    ),
    RetentionKind(
        slug="signatories",
        title=_("Signatories"),
        what=_("First name, surname and capacity of those who sign acts."),
        when=When.HAND,
        models=("permits.Signatory",),
        duration=lambda: _(
            "that of the act: the time agreed with the Archives départementales, entered by hand with its source"
        ),
        article=SIGNED.article,
        reason=_(
            "Public archives: neither erased nor changed at a person's request; those who made them and the"
            " administration of archives agree on what is kept, and nothing is destroyed without a visa."
        ),
        stock=rows("permits.Signatory", "since_date"),
    ),
    RetentionKind(
        slug="permit_reminders",
        title=_("Reminders of instructors"),
        what=_("An account's choice of reminders."),
        when=When.HAND,
        models=("permits.Reminder",),
        duration=lambda: _("as long as the account is there"),
        reason=_("they go with the account"),
        stock=rows("permits.Reminder", "sent_date"),
    ),
    RetentionKind(
        slug="applicant_readings",
        title=_("Journal of applicants"),
        what=_("Who read, changed or exported the applicants of which files; deleted a chosen number of days later."),
        when=When.CHOSEN,
        models=("permits.ApplicantReading",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency with the authorities"),
        erase=Later("permits.services.retention.forget_readings"),
        least_days=JOURNAL_DAYS,
        stock=closed_rows("permits_applicantreading", "at"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="permits",
        title=_("Planning permissions"),
        controller=Controller.MEMBER,
        purposes=_("Receive, handle, decide and follow applications; consult services; notify; archive."),
        basis=_(
            "legal obligation and task in the public interest (GDPR, art. 6 § 1 c and e): Code de l'urbanisme, livre IV"
        ),
        people=_("applicants, their agents, architects; staff of the services consulted; signatories"),
        models=(
            *("permits.Applicant", "permits.Permit", "permits.Event", "permits.Figures", "permits.Piece"),
            *("permits.Consultation", "permits.ConsultationLink", "permits.ConsultationReply", "permits.Signatory"),
            *("permits.SignatureProposal", "permits.ProposalReview", "parcels.FrozenSheet"),
            *("permits.ApplicantReading", "permits.Reminder"),
        ),
        data=_("the project and its ground; what the pieces filed say (forms, plans, photos)"),
        recipients=_(
            "instructors and administrators of the authority; its town hall for its commune; services"
            " consulted, by a link and a code; the public for the register of decisions, without a"
            " name"
        ),
        measures=_(
            "applicants read by functions that write their journal; no name on maps, in public lists"
            " and in addresses; a link of a consultation gives only the pieces chosen"
        ),
    ),
)
