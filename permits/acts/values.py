"""What the fields of an act hold: its author, the file it modifies, opinions with their prescriptions, notes of law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gis_core.french import at_commune, of_commune
from gis_core.letters.kinds import LetterKind, Value
from gis_core.letters.template import TO_COMPLETE
from gis_core.members.rights import Rights
from permits.acts.authorities import FOR, TITLES, Signature
from permits.acts.decided import day_of_grant, following_values, withdrawal_values
from permits.acts.kinds import CERTIFICATES, FOLLOWING, OUTCOMES, WITHDRAWALS
from permits.acts.land import certificate_values, read_ground, rules_values
from permits.acts.notes import IN_THE_TEXT, REMEDIES, Decision, Wording, notes_for
from permits.acts.watched import beside_values, digests, keep_watched
from permits.deadlines.law import Kind
from permits.letters import ACTS, LetterRequest, body_label
from permits.models import Authority, Consultation, Permit
from permits.numbers import Number, format_number
from permits.services.applicants import Person
from permits.services.land import LandReading

CHANGES = {"M": "la modification", "T": "le transfert"}
REQUESTS: Mapping[Kind, str] = {Kind.DP: "de déclaration préalable"} | {
    kind: f"de {name}" for kind, name in ACTS.items()
}
CHANGED: Mapping[Kind, tuple[str, str, str]] = {
    Kind.DP: ("non-opposition à la déclaration préalable", "de la ", "la "),
    **{kind: (name, "du ", "le ") for kind, name in ACTS.items()},
    **dict.fromkeys(CERTIFICATES, ("certificat d’urbanisme", "du ", "le ")),
}
"""What a change of each kind of file modifies or transfers, and what stands before it."""
COURT = f"tribunal administratif {TO_COMPLETE} : tribunal]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActContent:
    """The values of an act's fields, and what it was begun with, to be compared when it is numbered."""

    values: Mapping[str, Value]
    begun_with: Mapping[str, Any]


def act_content(
    permit: Permit,
    kind: LetterKind,
    signature: Signature,
    known: Mapping[str, Value],
    request: LetterRequest,
    applicant: Person | None,
    land: LandReading,
    day: date,
) -> ActContent:
    """The fields of an act made on a day, beside those of every letter (`known`)."""
    notes = list(notes_for(permit.owner, decision_of(permit, kind, signature.authority, day)))
    of_file = file_values(permit, kind, known, applicant, land)
    of_act = author_values(str(known["commune"]), signature) | note_values(notes, signature.authority)
    of_act |= {"motifs": list(request.reasons), "prescriptions": prescriptions(permit, request)}
    begun = {
        "authority": signature.authority.pk,
        "signatory": signature.signatory.pk,
        "notes": [note.key for note in notes],
        "file": digests(keep_watched(known) | of_file | beside_values(permit)),
    }
    return ActContent(values=of_file | of_act, begun_with=begun)


def decision_of(permit: Permit, kind: LetterKind, authority: Authority, day: date) -> Decision:
    return Decision(
        day=day,
        kind=Kind(permit.kind),
        outcome=OUTCOMES[kind.code],
        authority=authority.quality,
        changes=bool(Number.parse(permit.number).change),
    )


def ground_for(permit: Permit, kind: LetterKind, rights: Rights) -> LandReading:
    """What an act of this kind says of the ground."""
    return read_ground(permit, rights, certifies=is_certificate(permit, kind))


def is_certificate(permit: Permit, kind: LetterKind) -> bool:
    return kind.code in OUTCOMES and Kind(permit.kind) in CERTIFICATES


def file_values(
    permit: Permit, kind: LetterKind, known: Mapping[str, Value], applicant: Person | None, land: LandReading
) -> dict[str, Value]:
    """What the file and its ground say: what an act is compared with when it is numbered."""
    values = rules_values(land) | change_values(permit)
    values["terrain"] = place_of(permit, str(known["commune"]))
    values["prescriptions"] = prescriptions_of(permit)
    if kind.code in WITHDRAWALS:
        values |= withdrawal_values(permit)
    if kind.code in FOLLOWING:
        values |= following_values(permit)
    values["demandeur"] = on_one_line(applicant) if applicant else ""
    if is_certificate(permit, kind):
        values |= certificate_values(land)
        consultations = permit.consultations.order_by("pk")
        values["consultations"] = list(dict.fromkeys(body_label(one) for one in consultations))
    return values


def on_one_line(person: Person) -> str:
    """« Jeanne Exemple, 1 rue des Lilas, 45260 Lorris »."""
    return ", ".join(" ".join(text.split()) for text in (person.name, *person.address.splitlines()) if text.strip())


def change_values(permit: Permit) -> dict[str, Value]:
    """What is asked for; for a modification or transfer of which file, and how its act is called.

    Of a declaration, what is modified or transferred is its non-opposition (A.431-3-1).
    """
    what, number = Kind(permit.kind), Number.parse(permit.number)
    change = CHANGES.get(number.change)
    if change is None:
        return {"objet_demande": REQUESTS.get(what, "de certificat d’urbanisme"), "initial": ""}
    first, of_first, the_first = CHANGED[what]
    initial = f"{first} {format_number(number.initial)}"
    said = f"{change[0].upper()}{change[1:]} {of_first}{initial} ({format_number(permit.number)}) est "
    return {
        "objet_demande": f"tendant à {change} {of_first}{first}",
        "initial": f"{the_first}{initial} {day_of_grant(permit.parent) if permit.parent else ''}".strip(),
        "accord": f"accordant {change} {of_first}{first}",
        "accorde": said + participle_of_grant(change),
        "refus": f"refusant {change} {of_first}{first}",
        "refuse": said + participle_of_refusal(change),
    }


def participle_of_grant(change: str) -> str:
    return "accordée" if change.startswith("la ") else "accordé"


def participle_of_refusal(change: str) -> str:
    return "refusée" if change.startswith("la ") else "refusé"


def author_values(commune: str, signature: Signature) -> dict[str, Value]:
    authority = signature.authority
    return {
        "auteur": f"{TITLES[authority.quality]} {of_what(commune, authority)}, agissant {FOR[authority.quality]}",
        "visas": [line.removeprefix("Vu ").strip(" ,;") for line in authority.visas.splitlines() if line.strip()],
        "delegation": signature.signatory.delegation,
        "tribunal": authority.court or COURT,
    }


def place_of(permit: Permit, commune: str) -> str:
    """« 12 rue des Essais, à Lorris »; an address that names the commune says it once."""
    address = " ".join(permit.address.split())
    if not address:
        return at_commune(commune)
    return address if commune.casefold() in address.casefold() else f"{address}, {at_commune(commune)}"


def of_what(commune: str, authority: Authority) -> str:
    """« de Lorris » after the mayor; the name at the top after another author."""
    if authority.quality in (Authority.Quality.MAYOR, Authority.Quality.MAYOR_FOR_STATE):
        return of_commune(commune)
    return f"({authority.name})"


def note_values(notes: Sequence[Wording], authority: Authority) -> dict[str, Value]:
    court = authority.court or COURT
    texts = {one.note.code: one.text.replace("{tribunal}", court) for one in notes}
    return {
        "recours": texts.get(REMEDIES, ""),
        "taxes": texts.get("taxes", ""),
        "participations": texts.get("participations", ""),
        "sursis": texts.get("stay", ""),
        "mentions": [f"{one.note.title} : {texts[one.note.code]}" for one in notes if one.note.code not in IN_THE_TEXT],
    }


def prescriptions(permit: Permit, request: LetterRequest) -> list[str]:
    """Those of each opinion, told whose they are; those that the instructor chose."""
    known = prescriptions_of(permit)
    return known if request.prescriptions is None else list(request.prescriptions)


def prescriptions_of(permit: Permit) -> list[str]:
    """« Service d’incendie (SDIS) : poser une bouche d’incendie », for each prescription of each opinion received."""
    consultations = permit.consultations.exclude(opinion="").order_by("answered_date", "pk")
    return [f"{body_label(one)} : {text}" for one in consultations for text in prescription_texts(one)]


def prescription_texts(consultation: Consultation) -> list[str]:
    return [str(text).strip() for text in consultation.prescriptions if str(text).strip()]
