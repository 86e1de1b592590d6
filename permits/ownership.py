"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, of_member
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
