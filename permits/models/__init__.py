"""Tables of planning applications."""

from permits.models.acts import Authority, MemberNote, Signatory, SignatureProposal
from permits.models.consulting import Consultation, ConsultationLink, ConsultationReply, ProposalReview
from permits.models.documents import Piece
from permits.models.people import Applicant, ApplicantReading, Reminder, Settings, Team
from permits.models.permit import Event, EventQuerySet, Figures, Permit, PermitQuerySet, in_states

__all__ = [
    "Applicant",
    "ApplicantReading",
    "Authority",
    "Consultation",
    "ConsultationLink",
    "ConsultationReply",
    "Event",
    "EventQuerySet",
    "Figures",
    "MemberNote",
    "Permit",
    "PermitQuerySet",
    "Piece",
    "ProposalReview",
    "Reminder",
    "Settings",
    "Signatory",
    "SignatureProposal",
    "Team",
    "in_states",
]
