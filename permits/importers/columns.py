"""The columns and words of other tools' registers: which of ours they likely are, by their usual French names."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.intake.table import STOPWORDS, Codes, Field, TableFields, TableLimits
from permits.deadlines.law import Kind
from permits.folding import fold_terms
from permits.models import Permit

LIMITS = TableLimits(file_bytes=30 * 1_048_576, rows=50_000, columns=200)


class Ending(models.TextChoices):
    """How a file of a register ended. Of a tacit decision the register may give no date: the clock finds it."""

    GRANTED = "granted", _("Grant")
    REFUSED = "refused", _("Refusal")
    REJECTED = "rejected", _("Rejection, pieces missing")
    WITHDRAWN = "withdrawn", _("Withdrawal")
    TACIT = "tacit", _("Tacit decision")
    OPEN = "open", _("Not decided yet")


# -- words -------------------------------------------------------------------------------------------------------------

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("dp", "dpmi", "dps", "dplt", "declaration prealable"), Kind.DP),
    **dict.fromkeys(("pcmi", "pci", "permis construire maison individuelle"), Kind.PCMI),
    **dict.fromkeys(("pc", "pca", "permis construire", "permis construire comprenant demolitions"), Kind.PC),
    **dict.fromkeys(("pa", "permis amenager"), Kind.PA),
    **dict.fromkeys(("pd", "permis demolir"), Kind.PD),
    **dict.fromkeys(("cua", "cu a", "cui", "certificat urbanisme information", "cu information"), Kind.CUA),
    **dict.fromkeys(("cub", "cu b", "cuo", "certificat urbanisme operationnel", "cu operationnel"), Kind.CUB),
}


@lru_cache(10_000)
def likely_kind(text: str) -> str:
    parts = fold_terms(text)
    meaningful = [word for word in parts if word not in STOPWORDS or word == "a"]
    for candidate in (" ".join(parts), " ".join(meaningful), " ".join(word for word in meaningful if word != "a")):
        if candidate in KINDS:
            return KINDS[candidate]
    if "maison" in parts and "construire" in parts:
        return Kind.PCMI
    if "certificat" in parts:
        return Kind.CUB if begins(parts, "operation") else Kind.CUA if begins(parts, "information") else ""
    kinds = {"prealable": Kind.DP, "demolir": Kind.PD, "amenager": Kind.PA, "construire": Kind.PC}
    return next((kind for word, kind in kinds.items() if word in parts), "")


@lru_cache(10_000)
def likely_ending(text: str) -> str:
    """What a decision means; empty where its words say nothing. “Non-opposition” and “défavorable” come first."""
    parts = fold_terms(text)
    refused = begins(parts, "refus", "defavorable", "negati") or (begins(parts, "oppos") and "non" not in parts)
    if "tacite" in parts or "tacitement" in parts:
        return "" if refused else Ending.REJECTED if begins(parts, "rejet") else Ending.TACIT
    for ending, matches in (
        (Ending.WITHDRAWN, begins(parts, "retrait", "retir", "abandon", "desist", "annul") or "suite" in parts),
        (Ending.REJECTED, begins(parts, "rejet", "irrecevab")),
        (Ending.REFUSED, refused),
        (Ending.GRANTED, begins(parts, "accord", "accept", "favorable", "autoris", "oppos", "delivr", "positi")),
        (Ending.OPEN, not parts or begins(parts, "cours", "instruction", "attente", "depos", "incompl")),
    ):
        if matches:
            return ending
    return ""


def begins(parts: Sequence[str], *beginnings: str) -> bool:
    return any(word.startswith(beginnings) for word in parts)


# -- columns -----------------------------------------------------------------------------------------------------------


def word_of_kind(cells: Mapping[str, str]) -> str:
    """What a row says of its kind, else the letters of its number."""
    return cells.get("kind", "") or cells.get("number", "")[:2].upper()


KIND_CODES = Codes(
    label=_("Words for kinds"), choices=lambda: Permit.Kind.choices, likely=likely_kind, word=word_of_kind
)
OUTCOME_CODES = Codes(label=_("Words for decisions"), choices=lambda: Ending.choices, likely=likely_ending)
REGISTER = TableFields(
    label=_("Register"),
    limits=LIMITS,
    fields=(
        Field(name="number", label=_("Number"), required=True, headers=(
            "numero dossier", "n dossier", "no dossier", "num dossier", "dossier", "numero",
            "reference dossier", "num doc", "numero permis", "numero autorisation", "numero da", "num da",
            "id dossier", "reference",
        )),
        Field(name="filed_date", label=_("Filed on"), required=True, headers=(
            "date depot", "depot", "depose le", "date reception", "recu le", "date depot mairie",
            "date demande",
        )),
        Field(name="kind", label=_("Kind"), codes=KIND_CODES, headers=(
            "type dossier", "nature dossier", "type", "type demande", "type autorisation",
            "dossier autorisation type", "type da", "code type", "type detaille",
        )),
        Field(name="insee", label=_("INSEE code of the commune"), headers=(
            "code insee", "insee", "commune insee", "code commune", "insee commune",
        )),
        Field(name="parcels", label=_("Parcels"), headers=(
            "references cadastrales", "reference cadastrale", "ref cadastrales", "ref cadastrale", "parcelles",
            "parcelle", "cadastre", "terrain references cadastrales", "section parcelle",
        )),
        Field(name="description", label=_("Works"), headers=(
            "nature travaux", "objet", "objet demande", "description", "description projet", "nature projet",
            "projet", "libelle", "travaux", "designation",
        )),
        Field(name="address", label=_("Address of the ground"), headers=(
            "adresse terrain", "localisation", "localisation terrain", "adresse travaux", "adresse projet",
            "lieu travaux", "situation terrain", "adresse",
        )),
        Field(name="due_date", label=_("Decision until"), headers=(
            "date limite", "date limite instruction", "limite instruction", "date limite decision", "echeance",
            "date limite notification", "fin instruction", "date echeance",
        )),
        Field(name="outcome", label=_("Decision"), codes=OUTCOME_CODES, headers=(
            "decision", "nature decision", "sens decision", "avis decision", "type decision", "etat",
            "etat dossier", "statut", "suite donnee", "resultat",
        )),
        Field(name="decided_date", label=_("Decided on"), headers=(
            "date decision", "decision date", "date arrete", "date signature", "decide le",
            "date autorisation",
        )),
        Field(name="notified_date", label=_("Decision notified on"), headers=(
            "date notification", "notifie le", "date notification decision", "notification decision",
        )),
        Field(name="started_date", label=_("Works begun (DOC)"), headers=(
            "date chantier", "ouverture chantier", "date ouverture chantier", "date doc", "doc",
            "debut travaux",
        )),
        Field(name="finished_date", label=_("Works finished (DAACT)"), headers=(
            "date achevement", "achevement travaux", "achevement", "date daact", "daact", "fin travaux",
        )),
        Field(name="instructor", label=_("Instructor"), headers=(
            "instructeur", "nom instructeur", "instruit", "agent instructeur",
        )),
        Field(name="applicant", label=_("Applicant"), private=True, headers=(
            "petitionnaire", "demandeur", "nom demandeur", "nom petitionnaire", "petitionnaire principal",
            "beneficiaire", "titulaire", "nom",
        )),
        Field(name="applicant_address", label=_("Address of the applicant"), private=True, headers=(
            "adresse demandeur", "adresse petitionnaire",
        )),
        Field(name="applicant_email", label=_("E-mail of the applicant"), private=True, headers=(
            "courriel", "email", "e mail", "mail", "courriel demandeur", "email demandeur", "adresse mail",
        )),
        Field(name="applicant_phone", label=_("Telephone of the applicant"), private=True, headers=(
            "telephone", "tel", "telephone demandeur", "tel demandeur",
        )),
    ),
)  # fmt: skip
