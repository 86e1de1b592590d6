"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, of_member
from gis_core.ownership.free_texts import CODE, FreeText, page_of
from gis_core.ownership.law import APPLICATIONS, ARCHIVES, SIGNED, TRACES

FILES = of_member(
    "permits",
    {
        "Permit": "owner",
        "Event": "permit__owner",
        "Figures": "permit__owner",
        "SignatureProposal": "permit__owner",
        "ProposalReview": "permit__owner",
    },
    archive=True,
    asks=Fate.KEEP,
    basis=ARCHIVES,
)
PEOPLE = tuple(
    Declared(
        model=f"permits.{model}",
        whose=Whose.MEMBER,
        path="permit__owner",
        archive=True,
        asks=Fate.KEEP,
        basis=APPLICATIONS,
        identity=identity,
        journal="arpent.journal_person_applicants" if model == "Applicant" else "",
    )
    for model, identity in {
        "Applicant": ("name", "email", "phone", "agent", "architect"),
        "Consultation": ("name", "email"),
        "ConsultationLink": ("email",),
        "ConsultationReply": ("email", "signatory"),
    }.items()
)
DECLARATIONS: Final = (
    *FILES,
    *PEOPLE,
    Declared(
        model="permits.Piece",
        whose=Whose.MEMBER,
        path="permit__owner",
        archive=True,
        asks=Fate.KEEP,
        basis=APPLICATIONS,
        files=("permits/{permit_id}/{name}",),
    ),
    *of_member("permits", {"Authority": "owner", "MemberNote": "owner", "Team": "member", "Settings": "member"}),
    *of_member("permits", {"Team_people": "team__member"}, titles={"Team_people": "personnes des équipes"}),
    Declared(
        model="permits.Signatory",
        whose=Whose.MEMBER,
        path="authority__owner",
        archive=True,
        asks=Fate.KEEP,
        basis=SIGNED,
        identity=("first_name", "last_name"),
    ),
    Declared(model="permits.ApplicantReading", whose=Whose.COMMON, asks=Fate.KEEP, basis=TRACES, identity=("by_name",)),
    Declared(model="permits.Reminder", whose=Whose.PERSON, path="user", asks=Fate.ERASE),
)
FREE_TEXTS: Final = (
    FreeText(
        model="permits.Permit",
        columns=("description", "address"),
        links=page_of("permit", "number"),
        unread=dict.fromkeys(("next_what", "after_what", "silence_refuses"), CODE),
    ),
    FreeText(
        model="permits.Applicant",
        columns=("address",),
        links=page_of("applicant", "permit__number"),
    ),
    FreeText(model="permits.Event", columns=("detail", "struck_reason"), links=page_of("permit", "permit__number")),
    FreeText(
        model="permits.Piece",
        columns=("title", "removed_reason", "refused_reason"),
        links=page_of("pieces", "permit__number"),
    ),
    FreeText(
        model="permits.Consultation",
        columns=("reason", "text", "prescriptions", "mail_error"),
        links=page_of("consultation", "permit__number", "pk"),
    ),
    FreeText(
        model="permits.ConsultationReply",
        columns=("text", "prescriptions", "settled_reason"),
        links=page_of("consultations", "permit__number"),
    ),
    FreeText(
        model="permits.SignatureProposal",
        columns=("settled_reason",),
        links=page_of("permit_letters", "permit__number"),
    ),
    FreeText(
        model="permits.ProposalReview",
        columns=("title", "reasons", "note"),
        links=page_of("permit_proposal", "permit__number"),
    ),
    FreeText(
        model="permits.Authority",
        columns=("name", "address", "contact", "place", "visas", "court"),
        links=page_of("permit_authority", "owner__slug", "pk"),
    ),
    FreeText(model="permits.Signatory", columns=("quality", "delegation")),
    FreeText(
        model="permits.MemberNote", columns=("text", "source"), links=page_of("permit_note", "owner__slug", "code")
    ),
    FreeText(model="permits.Team", columns=("name",), links=page_of("permit_teams", "member__slug")),
    FreeText(model="permits.ApplicantReading", columns=("purpose",)),
)
