"""Codes in words: kinds of prescriptions and information as the CNIG's own styles name them, states of risk plans."""

from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from layers.catalogue.legend import fits
from layers.planning.layers import details

NAMES = {"psc": "prescriptions", "inf": "informations"}
STATES = {
    "PRESCRIT": gettext_noop("Prescribed"),
    "APPROUVE": gettext_noop("Approved"),
    "ABROGE": gettext_noop("Repealed"),
    "ANNULE": gettext_noop("Annulled"),
}


def state_in_words(code: str) -> str:
    """“Approuvé” for APPROUVE; a code that has no name as it was delivered."""
    return _(STATES[code]) if code in STATES else code


@cache
def kind_in_words(code: str, kind: str, subkind: str) -> str:
    """“05-00 à 04 - Emplacement réservé” for codes of TYPEPSC (`psc`) or TYPEINF (`inf`); codes that have no name."""
    values = {f"type{code}": kind, f"stype{code}": subkind or "00"}
    for shape in ("surf", "lin", "pct"):
        for line in details(NAMES[code], shape, 0).beginnings()["legend"]:
            if line["where"] and fits(line["where"], values):
                return str(line["label"]).strip()
    return f"{kind}-{subkind}" if subkind else kind
