"""Codes in words: kinds of prescriptions and information as the CNIG's own styles name them, states of risk plans."""

from functools import cache
from typing import Final

from gis_core.codes import code_list
from layers.catalogue.legend import fits
from layers.features.display import code_label
from layers.planning.layers import details

NAMES = {"psc": "prescriptions", "inf": "informations"}
STATES: Final = code_list("layers.planning", "risk_plan_states")


def state_label(code: str) -> str:
    """“Approuvé” for APPROUVE; a code that has no name as it was delivered."""
    return code_label(STATES, code)


@cache
def kind_label(code: str, kind: str, subkind: str) -> str:
    """“05-00 à 04 - Emplacement réservé” for codes of TYPEPSC (`psc`) or TYPEINF (`inf`); codes that have no name."""
    values = {f"type{code}": kind, f"stype{code}": subkind or "00"}
    for shape in ("surf", "lin", "pct"):
        for line in details(NAMES[code], shape, 0).beginnings()["legend"]:
            if line["where"] and fits(line["where"], values):
                return str(line["label"]).strip()
    return f"{kind}-{subkind}" if subkind else kind
