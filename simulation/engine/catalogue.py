"""The catalogue of classes of the CNIG's SRU standard, level 2 (version 2026-02), as data.

`sru_catalogue.csv` has an attribute of a class on each line, `sru_values.csv` the values of its lists,
`sru_other_names.csv` names that files and people write for those of the catalogue. Ours are `reference` of a Gabarit
(the standard says from which point it hangs in a free text alone) and the distances of a RetraitAlignement.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


class Part(StrEnum):
    CONDITION = "condition"
    CONSTRAINT = "contrainte"


@dataclass(frozen=True, slots=True)
class Attribute:
    """`type` is text, texts, number, whole, percent, ratio (0 to 1), boolean, choice or choices of `values`."""

    name: str
    type: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """A class of conditions or of constraints, its attributes by their names."""

    name: str
    part: Part
    attributes: Mapping[str, Attribute]


def fold(name: str) -> str:
    """A name without accents, case, spaces and signs, as names are compared."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalnum())


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def value_lists() -> Mapping[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for row in rows_of("sru_values"):
        lists[row["list"]] = (*lists.get(row["list"], ()), row["value"])
    return lists


@cache
def classes() -> Mapping[str, Class]:
    """Every class by its name."""
    attributes: dict[tuple[str, Part], dict[str, Attribute]] = {}
    for row in rows_of("sru_catalogue"):
        own = attributes.setdefault((row["class"], Part(row["part"])), {})
        if name := row["attribute"]:
            values = value_lists().get(row["values"], ())
            own[name] = Attribute(name, row["type"], row["occurs"].startswith("1"), values)
    return {name: Class(name, part, own) for (name, part), own in attributes.items()}


@cache
def other_names() -> Mapping[str, str]:
    """What the catalogue calls what is written otherwise, folded; several values are parted by a pipe."""
    return {fold(row["written"]): row["catalogue"] for row in rows_of("sru_other_names")}


@cache
def match_class(name: str, part: Part) -> Class | None:
    """The class that a name means, whatever its case and accents; None for one that the catalogue has not."""
    known = {fold(one.name): one for one in classes().values() if one.part == part}
    return known.get(fold(name)) or known.get(fold(other_names().get(fold(name), "")))


def match_attribute(known: Class, name: str) -> Attribute | None:
    """The attribute of a class that a name means, likewise."""
    attributes = {fold(one.name): one for one in known.attributes.values()}
    return attributes.get(fold(name)) or attributes.get(fold(other_names().get(fold(name), "")))
