"""The kinds of acts, with what their templates may name, and which kinds of files each is for."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gis_core.letters.kinds import Field, Holds, LetterKind
from gis_core.models import Letter
from permits.acts.authorities import authorities_for_commune
from permits.acts.numbering import number_act
from permits.deadlines.events import Outcome
from permits.deadlines.law import NOT_CERTIFICATES, Kind
from permits.letters import (
    ACKNOWLEDGEMENT,
    CONSULTATION,
    DECIDED,
    GRANTED,
    GRANTED_WITH,
    LONGER,
    MISSING_DOCUMENTS,
    POSTED,
    POSTINGS_MADE,
    REFUSED,
    letter_kind,
)
from permits.letters import RECORDED as LETTERS_RECORDED
from permits.procedure import What

STAYED, WITHDRAWAL_HEARING = "permit-stayed", "permit-withdrawal-hearing"
WITHDRAWN, WITHDRAWN_ON_REQUEST = "permit-withdrawn", "permit-withdrawn-on-request"
WITHDRAWN_FOR_FRAUD = "permit-withdrawn-for-fraud"
EXTENDED, LAPSED, INADMISSIBLE = "permit-extended", "permit-lapsed", "permit-inadmissible"
CONTESTED, ATTESTED, TRANSMITTED = "permit-contested", "permit-attested", "permit-transmitted"
CERTIFICATE, FEASIBLE, NOT_FEASIBLE = "permit-certificate", "permit-certificate-yes", "permit-certificate-no"

ACT = (
    Field("auteur", _("who decides"), "Le maire de Lorris, agissant au nom de la commune"),
    Field("demandeur", _("name and address of the applicant"), "Jeanne Exemple, 1 rue des Lilas, 45260 Lorris"),
    Field("objet_demande", _("what is asked for, in the text"), "de permis de construire"),
    Field("terrain", _("where the ground is, in the text"), "12 rue des Essais, à Lorris"),
    Field("initial", _("the permit that is modified or transferred"), "le permis de construire PC 045 187 25 A0003"),
    Field("visas", _("visas of the authority"), ("la délibération du 3 avril 2026",), Holds.LIST),
    Field("delegation", _("delegation of who signs"), "l’arrêté n° 2026-12 du 3 avril 2026 portant délégation"),
    Field("documents", _("planning documents in force"), ("45187_PLU_20200312, approuvé le 12/03/2020",), Holds.LIST),
    Field("zones", _("zones of the ground"), ("zone UA, document 45187_PLU_20200312",), Holds.LIST),
    Field("regles", _("prescriptions of the plan"), ("Espace boisé classé, pour 120 m² du terrain",), Holds.LIST),
    Field(
        "servitudes",
        _("easements with their acts"),
        ("AC1 · Église, instituée par : arrêté · 3 avril 1932",),
        Holds.LIST,
    ),
    Field("risques", _("zones of risk plans"), ("zone bleue, PPRI de la Loire",), Holds.LIST),
    Field("superficie", _("area of the ground"), "812 m²"),
    Field("motifs", _("reasons in law and fact"), ("le projet méconnaît l’article UA 11 du règlement",), Holds.LIST),
    Field("prescriptions", _("prescriptions, one by one"), ("SDIS : poser une bouche d’incendie",), Holds.LIST),
    Field("mentions", _("notes of law for the day of the decision"), ("Durée de validité : …",), Holds.LIST),
    Field("tribunal", _("administrative court"), "tribunal administratif d’Orléans"),
)
CERTIFIED = (
    Field("preemption", _("pre-emption"), ("Le terrain n’est situé dans aucun périmètre connu.",), Holds.LIST),
    Field("equipements", _("public equipment"), ("Eau potable : une conduite à 5 m",), Holds.LIST),
    Field("taxes", _("taxes due"), "taxe d’aménagement"),
    Field("participations", _("participations that may be asked"), "néant"),
    Field("sursis", _("stay of decision"), "Aucun sursis à statuer n’est opposable."),
    Field("consultations", _("opinions or agreements needed"), ("Architecte des Bâtiments de France",), Holds.LIST),
)
DECIDED_ALREADY = (
    Field("decision_prise", _("the decision that is withdrawn, with its day"), "décision du 2 février 2026"),
    Field("date_lettre", _("day of the letter that asked for remarks"), "1er avril 2026"),
    Field("date_reception_lettre", _("day on which that letter was received"), "3 avril 2026"),
    Field("date_observations", _("day on which remarks were received"), "15 avril 2026"),
)

FOLLOWED = (
    Field("sens_decision", _("the decision, its sense and its day"), "Accordé, 2 février 2026"),
    Field("date_prorogation", _("day on which an extension was asked for"), "10 octobre 2028"),
    Field("nouveau_terme", _("end of the validity, with that extension"), "4 février 2030"),
    Field("date_achevement", _("day on which the works were declared finished"), "3 septembre 2026"),
)


def head_of_act(letter: Letter) -> Mapping[str, Any] | None:
    """The head of the authority in whose name an act is made; None where the letter does not know it."""
    known = authorities_for_commune(letter.owner_id, letter.insee)
    row = next((one for one in known if one.pk == letter.begun_with.get("authority")), None)
    if row is None:
        return None
    logo = bytes(row.logo) if row.logo else None
    return {"sender": row.name, "address": row.address, "contact": row.contact, "place": row.place, "logo": logo}


def in_its_name(code: str, name: Any, file: str, *more: tuple[Field, ...], nominative: bool = True) -> LetterKind:
    """A letter that is no act, of the authority that decides on the file: its head, its signature."""
    return letter_kind(code, name, file, *more, nominative=nominative, sender=head_of_act)


def act(code: str, name: Any, file: str, *more: tuple[Field, ...]) -> LetterKind:
    return letter_kind(code, name, file, DECIDED, ACT, *more, is_act=True, sender=head_of_act, number=number_act)


KINDS = (
    act(GRANTED, _("Decision: granted"), "granted"),
    act(GRANTED_WITH, _("Decision: granted with prescriptions"), "granted_with"),
    act(REFUSED, _("Decision: refused"), "refused"),
    act(STAYED, _("Decision: stayed (sursis à statuer)"), "stayed"),
    act(CERTIFICATE, _("Certificate of information"), "certificate", CERTIFIED),
    act(FEASIBLE, _("Operational certificate: feasible"), "certificate_yes", CERTIFIED),
    act(NOT_FEASIBLE, _("Operational certificate: not feasible"), "certificate_no", CERTIFIED),
    in_its_name(WITHDRAWAL_HEARING, _("Withdrawal: remarks asked for"), "withdrawal_hearing", ACT, DECIDED_ALREADY),
    act(WITHDRAWN, _("Decision: withdrawn by the authority"), "withdrawn", DECIDED_ALREADY),
    act(
        WITHDRAWN_ON_REQUEST, _("Decision: withdrawn at its holder’s request"), "withdrawn_on_request", DECIDED_ALREADY
    ),
    act(WITHDRAWN_FOR_FRAUD, _("Decision: withdrawn for fraud"), "withdrawn_for_fraud", DECIDED_ALREADY),
    in_its_name(INADMISSIBLE, _("Inadmissible application"), "inadmissible", ACT),
    letter_kind(TRANSMITTED, _("Transmission to the prefect"), "transmitted", FOLLOWED, nominative=False),
    act(EXTENDED, _("Decision: validity extended"), "extended", FOLLOWED),
    in_its_name(LAPSED, _("Lapse"), "lapsed", ACT),
    act(CONTESTED, _("Works contested"), "contested", FOLLOWED),
    in_its_name(ATTESTED, _("Works not contested"), "attested", FOLLOWED),
    in_its_name(POSTED, _("Certificate of posting at the town hall"), "posted", POSTINGS_MADE, nominative=False),
)
OUTCOMES: Mapping[str, str] = {
    GRANTED: "granted",
    GRANTED_WITH: "granted_with",
    REFUSED: "refused",
    STAYED: "stayed",
    WITHDRAWN: "withdrawn",
    WITHDRAWN_ON_REQUEST: "withdrawn",
    WITHDRAWN_FOR_FRAUD: "withdrawn",
    EXTENDED: "extended",
    CONTESTED: "contested",
    CERTIFICATE: "certificate",
    FEASIBLE: "feasible",
    NOT_FEASIBLE: "not_feasible",
}
"""What each act decides, as `notes.csv` names it."""
GIVEN_REASONS = frozenset(
    {REFUSED, STAYED, NOT_FEASIBLE, WITHDRAWN, WITHDRAWN_FOR_FRAUD, WITHDRAWAL_HEARING, INADMISSIBLE, LAPSED, CONTESTED}
)
"""Those that say their reasons in law and fact."""
WITHDRAWALS = frozenset({WITHDRAWAL_HEARING, WITHDRAWN, WITHDRAWN_ON_REQUEST, WITHDRAWN_FOR_FRAUD})
"""Those that are about a decision which is there already."""
FOLLOWING = frozenset({TRANSMITTED, EXTENDED, CONTESTED, ATTESTED})
"""Those that are about what follows a decision."""
IN_ITS_NAME = frozenset({WITHDRAWAL_HEARING, INADMISSIBLE, LAPSED, ATTESTED, POSTED})
"""Letters that are no acts, and come from the authority that decides."""
CERTIFICATES = frozenset({Kind.CUA, Kind.CUB})
FOR_FILES: Mapping[str, frozenset[Kind]] = {
    ACKNOWLEDGEMENT: frozenset(Kind),
    CONSULTATION: frozenset(Kind),
    MISSING_DOCUMENTS: NOT_CERTIFICATES,
    LONGER: NOT_CERTIFICATES,
    POSTED: NOT_CERTIFICATES,
    **dict.fromkeys((GRANTED, GRANTED_WITH, REFUSED, STAYED), NOT_CERTIFICATES),
    **dict.fromkeys((WITHDRAWAL_HEARING, WITHDRAWN, WITHDRAWN_FOR_FRAUD, INADMISSIBLE), frozenset(Kind)),
    # L.424-7 is no law of certificates: what a certificate is transmitted under was not read (R.410-19).
    **dict.fromkeys((WITHDRAWN_ON_REQUEST, TRANSMITTED, EXTENDED, LAPSED, CONTESTED, ATTESTED), NOT_CERTIFICATES),
    CERTIFICATE: frozenset({Kind.CUA}),
    **dict.fromkeys((FEASIBLE, NOT_FEASIBLE), frozenset({Kind.CUB})),
}
"""The kinds of files that each letter is for."""
RECORDED: Mapping[str, What] = {
    **LETTERS_RECORDED,
    **dict.fromkeys(
        (GRANTED, GRANTED_WITH, REFUSED, STAYED, INADMISSIBLE, CERTIFICATE, FEASIBLE, NOT_FEASIBLE), What.DECIDED
    ),
    WITHDRAWAL_HEARING: What.REVOCATION_ANNOUNCED,
    **dict.fromkeys((WITHDRAWN, WITHDRAWN_ON_REQUEST, WITHDRAWN_FOR_FRAUD), What.REVOKED),
    TRANSMITTED: What.TRANSMITTED,
    CONTESTED: What.CONTESTED,
    ATTESTED: What.ATTESTED,
}
"""The event that is recorded when such a letter was notified."""
DECIDES: Mapping[str, Outcome] = {
    GRANTED: Outcome.GRANTED,
    GRANTED_WITH: Outcome.GRANTED,
    REFUSED: Outcome.REFUSED,
    STAYED: Outcome.DEFERRED,
    INADMISSIBLE: Outcome.INADMISSIBLE,
    CERTIFICATE: Outcome.GRANTED,
    FEASIBLE: Outcome.GRANTED,
    NOT_FEASIBLE: Outcome.REFUSED,
}
"""The decision that is recorded with it; of certificates, feasible is kept as granted and not feasible as refused."""
