"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.letters.kinds import kind_of
from gis_core.members.rights import SYSTEM, acting_as, rights_of
from gis_core.models import Letter, Member, User
from layers.intake.models import FileImport
from permits.importers.report import COUNTS
from permits.letters import LetterRequest
from permits.models import (
    Authority,
    Consultation,
    ConsultationLink,
    ConsultationReply,
    Event,
    Permit,
    Piece,
    Reminder,
    Signatory,
    Team,
)
from permits.procedure import What
from permits.services.answering import link_token
from permits.services.consulting import Request, request_opinion
from permits.services.documents import DOCUMENTS
from permits.services.filing import Filing, file_permit
from permits.services.letters import begin_letter
from permits.services.recording import record
from permits.services.reminding import digest
from tests import factories

Form = dict[str, Any]
PERMIT = "permis/<str:permit>/"
SETTINGS = "permis/reglages/<slug:slug>/"
API = "api/v1/permits/"
ONE = f"{API}<str:permit>/"
OPENADS = "openads/services/<str:project>/"
MISSING = "PC04590126Z9999"
NOTHING = 999_999_999
REGISTER = b"numero;depot\nPC 045 901 20 00001;01/02/2020\n"
DRAWING = b"AC1032" + b"\0" * 60
DAY = "2026-01-06"
AUTHORITY = {"quality": "mayor", "name": "Mairie", "place": "Lorris", "since_date": DAY}
PERSON = {"first_name": "Paul", "last_name": "Durand", "quality": "Le maire", "since_date": DAY}


def permit(owner: Member, person: User) -> Permit:
    """A file of a member, filed by one of its people who may, with one of each thing that belongs to a file."""
    insee = str(owner.territories.values_list("commune_id", flat=True).first())
    given = Filing(kind="PC", insee=insee, filed_date=date(2026, 1, 5))
    rights = rights_of(person)
    with acting_as(rights):
        made = file_permit(given, rights).permit
        record(made, What.NOTE, on=given.filed_date, detail={"note": "Vu"}, rights=rights)
        asked = Request(body="roads", requested_date=date(2026, 1, 6))
        answer_by_link(request_opinion(made, asked, user=person, rights=rights))
        Reminder.objects.update_or_create(user=person, defaults={"feed_digest": digest(secret(owner.slug))})
        piece(made)
    return made


def answer_by_link(of: Consultation) -> None:
    """A link of a consultation, and an answer that came by it."""
    ConsultationLink.objects.create(
        permit=of.permit, consultation=of, email="routes@example.org", expires_date=date(2999, 12, 31)
    )
    ConsultationReply.objects.create(
        permit=of.permit, consultation=of, email="routes@example.org", signatory="Essai", sense="favourable"
    )


def piece(of: Permit) -> Piece:
    """A piece of a file, with its content."""
    made = Piece.objects.create(
        permit=of, title="Plan", media_type="image/vnd.dwg", active=True, size_bytes=len(DRAWING), sha256="0" * 64
    )
    DOCUMENTS.path_of(made).parent.mkdir(parents=True, exist_ok=True)
    DOCUMENTS.path_of(made).write_bytes(DRAWING)
    return made


def letter(permit: Permit, person: User) -> Letter:
    """A draft of a letter of a file."""
    with acting_as(rights_of(person)):
        return begin_letter(permit, kind_of("permit-consultation"), LetterRequest(), rights_of(person))


def team(owner: Member) -> Team:
    """A team of a member, without people."""
    return Team.objects.create(member=owner, name="Nord")


@factories.as_owner()
def authority(owner: Member) -> Authority:
    """Who decides on the files of a member, and somebody who signs."""
    made = Authority.objects.create(
        owner=owner, quality="mayor", name="Mairie", place="Lorris", since_date=date(2020, 1, 1)
    )
    named = {"first_name": "Jeanne", "last_name": "Dupuis", "quality": "La maire"}
    Signatory.objects.create(authority=made, since_date=date(2020, 1, 1), **named)
    return made


def authority_arguments(made: Authority | None) -> dict[str, Any]:
    """What stands in the addresses of the settings of acts."""
    person = signatory_of(made) if made else None
    return {"authority_id": made.pk if made else NOTHING, "signatory_id": person or NOTHING, "note": "third-parties"}


@cache
def signatory_of(made: Authority) -> int:
    with acting_as(SYSTEM):
        return Signatory.objects.filter(authority=made).values_list("pk", flat=True)[0]


def register(owner: Member, person: User) -> FileImport:
    """An import of a register that was read, and could be forgotten."""
    plan = {"name": "registre.csv", **dict.fromkeys(COUNTS, 0), "instructors": {}, "first": []}
    with factories.as_owner():
        return FileImport.objects.create(
            source="permits", title="registre.csv", owner=owner, folder=f"registre-{owner.pk}", made_by=person,
            state=FileImport.State.READY, plan=plan,
        )  # fmt: skip


def secret(whose: str) -> str:
    """Of the calendar of a member's person."""
    return f"secret-{whose}"


@cache
def rows_of(permit: Permit | None) -> dict[str, int]:
    """Ids of what belongs to a file, for its addresses: of a world made once."""
    with acting_as(SYSTEM):
        noted = Event.objects.filter(permit=permit, what=What.NOTE, struck_at=None).values_list("pk", flat=True).first()
        consultation = Consultation.objects.filter(permit=permit).values_list("pk", flat=True).first()
        attached = Piece.objects.filter(permit=permit).values_list("pk", flat=True).first()
        link = ConsultationLink.objects.filter(permit=permit).values_list("pk", flat=True).first()
        reply = ConsultationReply.objects.filter(permit=permit).values_list("pk", flat=True).first()
    return {
        "event_id": noted or NOTHING,
        "consultation": consultation or NOTHING,
        "piece": attached or NOTHING,
        "link": link or NOTHING,
        "reply": reply or NOTHING,
    }


def arguments(permit: Permit | None, member: str, parcel: str) -> dict[str, Any]:
    """What stands in the addresses of files besides their number."""
    return {
        "what": "note",
        **rows_of(permit),
        "secret": secret(member),
        "token": link_token(rows_of(permit)["link"]) if permit else "x",
        "project": "openads~openads",
        "dossier": permit.number if permit else MISSING,
        "parcels": parcel,
        "insee": parcel[:5],
    }


def body(route: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """A JSON body with its headers, as the keywords of the test client."""
    made: dict[tuple[str, str], Form] = {
        (API, "POST"): {"kind": "PC", "insee": "45901", "filed_date": "2026-01-05", "member": given["member"]},
        (ONE, "PATCH"): {"description": "Abri de jardin"},
        (f"{ONE}events/", "POST"): {"what": "note", "on": DAY, "detail": {"note": "Appel"}},
        (f"{ONE}events/<int:event_id>/strike/", "POST"): {"reason": "Erreur"},
        (f"{OPENADS}dossiers/<str:dossier>/emprise", "POST"): {"parcelles": [given["parcels"]]},
    }
    found = made.get((route, method))
    return {"data": found, "content_type": "application/json", "HTTP_IF_MATCH": "*"} if found else None


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body, or the query; None where the route needs none."""
    typed = {"insee": "45901", "filed_date": DAY, "parcels": "", "change": "", "parent": "", "number": ""}
    words = {"title": "Objet", "body": "Texte", "recipient": "", "signatory": "", "version": 1, "action": "save"}
    answer = {"do": "answer", "opinion": "favourable", "answered": "2026-01-20"}
    made: dict[tuple[str, str], Form] = {
        ("permis/deposer/", "POST"): {"kind": "PC", **typed},
        ("permis/rappels/", "POST"): {"do": "feed_new"},
        ("permis/ensemble/", "POST"): {"do": "assign", "instructor": ""},
        ("permis/demandeurs/", "POST"): {"q": "martin"},
        ("permis/importer/", "POST"): {"member": given["member"], "file": SimpleUploadedFile("registre.csv", REGISTER)},
        ("permis/importer/<int:import_id>/", "POST"): {"action": "forget"},
        (f"{PERMIT}modifier/", "POST"): {"address": "1 rue Haute"},
        (f"{PERMIT}evenements/<str:what>/", "POST"): {"on": DAY, "note": "Vu"},
        (f"{PERMIT}evenements/<int:event_id>/rayer/", "POST"): {"reason": "Erreur"},
        (f"{PERMIT}propositions/", "POST"): {"key": "longer:protected_surroundings", "verdict": "confirmed"},
        (f"{PERMIT}consultations/", "POST"): {"body": "roads", "asked": "2026-01-07"},
        (f"{PERMIT}consultations/<int:consultation>/", "POST"): answer,
        (f"{PERMIT}consultations/<int:consultation>/envoi/", "POST"): {"do": "send", "email": "routes@example.org"},
        (f"{PERMIT}consultations/<int:consultation>/reponses/<int:reply>/", "POST"): {"do": "take"},
        (f"{PERMIT}courriers/<int:letter_id>/signature/", "POST"): {"do": "propose"},
        (f"{PERMIT}demandeur/", "POST"): {"name": "Jeanne Fictive"},
        (f"{PERMIT}surfaces/", "POST"): {"floor_created_m2": "120", "dwellings": "1"},
        (f"{PERMIT}pieces/<int:piece>/examiner/", "POST"): {"do": "code", "code": "PC2"},
        (f"{PERMIT}pieces/<int:piece>/retirer/", "POST"): {"reason": "Erreur"},
        (f"{PERMIT}pieces/", "POST"): {"kind": "plan", "file": SimpleUploadedFile("plan.dwg", DRAWING)},
        (f"{PERMIT}courriers/", "POST"): {"kind": "permit-receipt"},
        (f"{PERMIT}courriers/<int:letter_id>/", "POST"): words,
        (SETTINGS, "POST"): {"series": "A", "applicant_roles": ["permit_instructor"], "applicant_years": 10},
        (f"{SETTINGS}equipes/", "POST"): {"name": "Sud"},
        (f"{SETTINGS}autorites/nouvelle/", "POST"): AUTHORITY,
        (f"{SETTINGS}autorites/<int:authority_id>/", "POST"): AUTHORITY,
        (f"{SETTINGS}autorites/<int:authority_id>/signataires/", "POST"): PERSON,
        (f"{SETTINGS}autorites/<int:authority_id>/signataires/<int:signatory_id>/", "POST"): PERSON,
        (f"{SETTINGS}mentions/<slug:note>/", "POST"): {"text": "Texte", "source": "Nous", "since": DAY},
        (f"{SETTINGS}equipes/<int:team_id>/", "POST"): {"name": "Est"},
        ("courriers/<slug:slug>/<slug:kind>/", "POST"): {**words, "version": 0},
        ("courriers/<slug:slug>/en-tete/", "POST"): {"place": "Lorris"},
    }
    return made.get((route, method))
