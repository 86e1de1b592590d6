"""The names of the kinds of prescriptions and information, as the CNIG's own styles write them."""

from functools import cache

from layers.catalogue.legend import fits
from layers.planning.layers import details

NAMES = {"psc": "prescriptions", "inf": "informations"}


@cache
def kind_in_words(code: str, kind: str, subkind: str) -> str:
    """“05-00 à 04 - Emplacement réservé” for codes of TYPEPSC (`psc`) or TYPEINF (`inf`); codes that have no name."""
    values = {f"type{code}": kind, f"stype{code}": subkind or "00"}
    for shape in ("surf", "lin", "pct"):
        for line in details(NAMES[code], shape, 0).legend:
            if line["where"] and fits(line["where"], values):
                return str(line["label"]).strip()
    return f"{kind}-{subkind}" if subkind else kind
