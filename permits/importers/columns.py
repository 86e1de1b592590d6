"""The columns and values of other tools' registers: which of ours they likely are, by their usual French names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from permits.deadlines.law import Kind
from permits.folding import folded

EMPTY_WORDS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "par", "pour"})


class Ending(models.TextChoices):
    """How a file of a register ended. Of a tacit decision the register may give no date: the clock finds it."""

    GRANTED = "granted", _("Grant")
    REFUSED = "refused", _("Refusal")
    REJECTED = "rejected", _("Rejection, pieces missing")
    WITHDRAWN = "withdrawn", _("Withdrawal")
    TACIT = "tacit", _("Tacit decision")
    OPEN = "open", _("Not decided yet")


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of ours is called on the page, and in other tools' exports."""

    label: Any
    headers: tuple[str, ...]
    required: bool = False


# Where two fit a header equally well, the former wins.
COLUMNS: Mapping[str, Column] = {
    "number": Column(
        _("Number"),
        ("numero dossier", "n dossier", "no dossier", "num dossier", "dossier", "numero", "reference dossier",
         "num doc", "numero permis", "numero autorisation", "numero da", "num da", "id dossier", "reference"),
        required=True,
    ),
    "filed_date": Column(
        _("Filed on"),
        ("date depot", "depot", "depose le", "date reception", "recu le", "date depot mairie", "date demande"),
        required=True,
    ),
    "kind": Column(
        _("Kind"),
        ("type dossier", "nature dossier", "type", "type demande", "type autorisation", "dossier autorisation type",
         "type da", "code type", "type detaille"),
    ),
    "insee": Column(
        _("INSEE code of the commune"), ("code insee", "insee", "commune insee", "code commune", "insee commune")
    ),
    "parcels": Column(
        _("Parcels"),
        ("references cadastrales", "reference cadastrale", "ref cadastrales", "ref cadastrale", "parcelles", "parcelle",
         "cadastre", "terrain references cadastrales", "section parcelle"),
    ),
    "description": Column(
        _("Works"),
        ("nature travaux", "objet", "objet demande", "description", "description projet", "nature projet", "projet",
         "libelle", "travaux", "designation"),
    ),
    "address": Column(
        _("Address of the ground"),
        ("adresse terrain", "localisation", "localisation terrain", "adresse travaux", "adresse projet", "lieu travaux",
         "situation terrain", "adresse"),
    ),
    "due_date": Column(
        _("Decision until"),
        ("date limite", "date limite instruction", "limite instruction", "date limite decision", "echeance",
         "date limite notification", "fin instruction", "date echeance"),
    ),
    "outcome": Column(
        _("Decision"),
        ("decision", "nature decision", "sens decision", "avis decision", "type decision", "etat", "etat dossier",
         "statut", "suite donnee", "resultat"),
    ),
    "decided_date": Column(
        _("Decided on"),
        ("date decision", "decision date", "date arrete", "date signature", "decide le", "date autorisation"),
    ),
    "notified_date": Column(
        _("Decision notified on"),
        ("date notification", "notifie le", "date notification decision", "notification decision"),
    ),
    "started_date": Column(
        _("Works begun (DOC)"),
        ("date chantier", "ouverture chantier", "date ouverture chantier", "date doc", "doc", "debut travaux"),
    ),
    "finished_date": Column(
        _("Works finished (DAACT)"),
        ("date achevement", "achevement travaux", "achevement", "date daact", "daact", "fin travaux"),
    ),
    "instructor": Column(_("Instructor"), ("instructeur", "nom instructeur", "instruit", "agent instructeur")),
    "applicant": Column(
        _("Applicant"),
        ("petitionnaire", "demandeur", "nom demandeur", "nom petitionnaire", "petitionnaire principal", "beneficiaire",
         "titulaire", "nom"),
    ),
    "applicant_address": Column(
        _("Address of the applicant"), ("adresse demandeur", "adresse petitionnaire")
    ),
    "applicant_email": Column(
        _("E-mail of the applicant"),
        ("courriel", "email", "e mail", "mail", "courriel demandeur", "email demandeur", "adresse mail"),
    ),
    "applicant_phone": Column(
        _("Telephone of the applicant"), ("telephone", "tel", "telephone demandeur", "tel demandeur")
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How a register is read: the header of each column of ours, and what its kinds and decisions are called here."""

    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def kept(cls, columns: Any, values: Any) -> "Reading":
        """From what a mapping keeps; what is unknown by now is left out."""
        names = {name: str(header) for name, header in dict(columns or {}).items() if name in COLUMNS}
        told = dict(values or {})
        kinds = {text: one for text, one in dict(told.get("kind") or {}).items() if one in set(Kind)}
        endings = {text: one for text, one in dict(told.get("outcome") or {}).items() if one in Ending.values}
        return cls(names, kinds, endings)

    def values(self) -> dict[str, Mapping[str, str]]:
        """As a mapping keeps them."""
        return {"kind": self.kinds, "outcome": self.endings}

    def kind(self, text: str) -> str:
        """The kind that a value means, empty where nobody said."""
        return self.kinds.get(keyed(text), "") or likely_kind(text)

    def ending(self, text: str) -> str:
        return self.endings.get(keyed(text), "") or likely_ending(text)


@lru_cache(10_000)
def keyed(text: str) -> str:
    """The same value, however it is written."""
    return " ".join(folded(text[:100]))


def meaning(text: str) -> frozenset[str]:
    return frozenset(folded(text)) - EMPTY_WORDS


def likely_columns(header: Sequence[str]) -> dict[str, str]:
    """The header of each column of ours that is recognised; each header once."""
    fits = [
        (score, -rank, place, name)
        for rank, (name, column) in enumerate(COLUMNS.items())
        for place, text in enumerate(header)
        if (score := fit(text, column.headers))
    ]
    found: dict[str, str] = {}
    taken: set[int] = set()
    for _score, _rank, place, name in sorted(fits, key=lambda one: (-one[0], -one[1], one[2])):
        if name not in found and place not in taken:
            found[name] = header[place]
            taken.add(place)
    return found


def fit(text: str, names: Iterable[str]) -> float:
    """How well a header fits: whole names first, then those that hold more of its words."""
    words = meaning(text)
    if not words:
        return 0
    best = 0.0
    for name in names:
        known = meaning(name)
        if known == words:
            return 100
        # One word alone says too little of a longer header.
        if len(known) > 1 and known < words:
            best = max(best, 10 * len(known) - len(words))
    return best


# -- values -----------------------------------------------------------------------------------------------------------

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
    words = folded(text)
    told = [word for word in words if word not in EMPTY_WORDS or word == "a"]
    for candidate in (" ".join(words), " ".join(told), " ".join(word for word in told if word != "a")):
        if candidate in KINDS:
            return KINDS[candidate]
    if "maison" in words and "construire" in words:
        return Kind.PCMI
    if "certificat" in words:
        return Kind.CUB if begins(words, "operation") else Kind.CUA if begins(words, "information") else ""
    named = {"prealable": Kind.DP, "demolir": Kind.PD, "amenager": Kind.PA, "construire": Kind.PC}
    return next((kind for word, kind in named.items() if word in words), "")


@lru_cache(10_000)
def likely_ending(text: str) -> str:
    """What a decision means; empty where its words say nothing. “Non-opposition” and “défavorable” come first."""
    words = folded(text)
    refused = begins(words, "refus", "defavorable", "negati") or (begins(words, "oppos") and "non" not in words)
    if "tacite" in words or "tacitement" in words:
        return "" if refused else Ending.REJECTED if begins(words, "rejet") else Ending.TACIT
    for ending, found in (
        (Ending.WITHDRAWN, begins(words, "retrait", "retir", "abandon", "desist", "annul") or "suite" in words),
        (Ending.REJECTED, begins(words, "rejet", "irrecevab")),
        (Ending.REFUSED, refused),
        (Ending.GRANTED, begins(words, "accord", "accept", "favorable", "autoris", "oppos", "delivr", "positi")),
        (Ending.OPEN, not words or begins(words, "cours", "instruction", "attente", "depos", "incompl")),
    ):
        if found:
            return ending
    return ""


def begins(words: Sequence[str], *beginnings: str) -> bool:
    return any(word.startswith(beginnings) for word in words)
