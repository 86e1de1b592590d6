"""What each field of RAEPA fills, and how its text is read. Fields that fill nothing are kept beside, under their name.

“00”, not known, is an empty cell here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_noop

from layers.intake import cells
from layers.intake.cells import Cell, Read, bare
from layers.intake.params import pair_param
from networks.water import code_lists, raepa
from networks.water.families import FamilyName

type Rule = tuple[str, Read]
"""The column that a field fills, and how."""


def read_code(value: str) -> tuple[Any, bool]:
    return (None, False) if value == raepa.NOT_KNOWN else (value, False)


def list_of(codes: Mapping[str, Any]) -> Read:
    """A code that is the same here; “not known” is nothing."""
    return cells.then(cells.code_reader({code: labels[0] for code, labels in codes.items()}), read_code)


def content_of_water(value: str) -> tuple[Any, bool]:
    return (raepa.KNOWN_CONTENTS[value], True) if value in raepa.KNOWN_CONTENTS else read_code(value)


def material(field: str, text: str) -> Cell:
    """RAEPA's code, StaR-Eau's, or words; what RAEPA's code says more than ours is kept."""
    code = cells.code_in(text, raepa.MATERIALS)
    if code is not None:
        ours = raepa.MATERIALS[code][0]
        return Cell(None if ours == "inc" else ours, None, raepa.RAEPA_MATERIALS[ours] != code)
    plain = bare(text)
    known = MATERIAL_CODES.get(plain)
    if known is None:
        return cells.unread(field, text)
    message = gettext_noop("%(field)s “%(value)s” is a label: read as “%(meaning)s”.")
    note = cells.note(message, field, text, meaning=pair_param(*code_lists.MATERIALS[known]))
    return Cell(None if known == "inc" else known, note)


MATERIAL_CODES: Final[Mapping[str, str]] = {
    **{bare(labels[0]): code for code, labels in code_lists.MATERIALS.items()},
    **{bare(label): ours for ours, label in raepa.MATERIALS.values()},
    **raepa.SPOKEN_MATERIALS,
    **{code: code for code in code_lists.MATERIALS},
}


def service_state(field: str, text: str) -> Cell:
    cell = cells.yes(field, text)
    if cell.value is None:
        return cell
    return Cell(code_lists.IN_SERVICE if cell.value else "abandon", cell.note)


def accuracy(field: str, text: str) -> Cell:
    """01, 02, 03 or the letter of the class."""
    letter = bare(text).upper().removeprefix("CLASSE").strip()
    if letter in raepa.RAEPA_ACCURACIES:
        return Cell(letter)
    code = cells.code_in(text, raepa.ACCURACIES)
    if code is None and cells.code_in(text, {raepa.NOT_KNOWN: ""}):
        return Cell(None)
    return cells.unread(field, text) if code is None else Cell(raepa.ACCURACIES[code])


def function_of(codes: Mapping[str, raepa.Meaning]) -> Read:
    """The code of what a node is, in full; told and kept where it is not understood."""
    return cells.code_reader({code: meaning.label for code, meaning in codes.items()})


OWNERS: Final[Mapping[str, Rule]] = {
    "MOUVRAGE": ("project_owner", cells.text_reader(100)),
    "GEXPLOIT": ("operator", cells.text_reader(100)),
}
LIFE: Final[Mapping[str, Rule]] = {
    "ANFINPOSE": ("laid_to_year", cells.year),
    "ANDEBPOSE": ("laid_from_year", cells.year),
    "QUALANNEE": ("year_quality", list_of(code_lists.YEAR_QUALITIES)),
    "QUALGLOCXY": ("precision_xy", accuracy),
    "QUALGLOCZ": ("precision_z", accuracy),
    "DATEMAJ": ("updated_date", cells.day),
    "DATEGEOLOC": ("surveyed_date", cells.day),
    "SOURGEOLOC": ("survey_source", cells.text_reader(100)),
    "SOURATTRIB": ("source", cells.text_reader(100)),
}
PIPES: Final[Mapping[str, Rule]] = {
    **OWNERS,
    **LIFE,
    "ENSERVICE": ("service_state", service_state),
    "MATERIAU": ("material", material),
    "DIAMETRE": ("diameter_mm", cells.diameter),
    "MODECIRC": ("flow_mode", list_of(code_lists.FLOW_MODES)),
    "LONGCANA": ("declared_length_m", cells.depth),
}
WATER_PIPES: Final[Mapping[str, Rule]] = {
    **PIPES,
    "CONTCANAEP": (
        "content",
        cells.then(
            cells.code_reader({code: labels[0] for code, labels in raepa.WATER_CONTENTS.items()}), content_of_water
        ),
    ),
    "FONCCANAEP": ("function", list_of(code_lists.WATER_FUNCTIONS)),
    "PROFGEN": ("depth_m", cells.depth),
}
SYSTEM: Final[Mapping[str, Rule]] = {"TYPRESEAU": ("system", list_of(code_lists.SYSTEMS))}
SEWER_PIPES: Final[Mapping[str, Rule]] = {
    **PIPES,
    **SYSTEM,
    "CONTCANASS": ("content", list_of(code_lists.SEWER_CONTENTS)),
    "FONCCANASS": ("function", list_of(code_lists.SEWER_FUNCTIONS)),
    "ZAMONT": ("start_z", cells.height),
    "ZAVAL": ("end_z", cells.height),
    "PROFGEN": ("depth_m", cells.depth),
}
WATER_NODES: Final[Mapping[str, Rule]] = {
    **OWNERS,
    **LIFE,
    "DIAMETRE": ("diameter_mm", cells.diameter),
    "Z": ("z", cells.height),
}
SEWER_NODES: Final[Mapping[str, Rule]] = {
    **OWNERS,
    **LIFE,
    **SYSTEM,
    "DIAMETRE": ("diameter_mm", cells.diameter),
    "MATERIAU": ("material", material),
    "Z": ("invert_z", cells.height),
    "Z_RADIER": ("invert_z", cells.height),
    "Z_TAMPON": ("cover_z", cells.height),
}
REPAIRS: Final[Mapping[str, Rule]] = {
    "SUPPREPARE": ("repaired", cells.code_reader({code: labels[0] for code, labels in code_lists.REPAIRED.items()})),
    "DEFREPAREE": ("defect", list_of(code_lists.DEFECTS)),
    "IDSUPREPAR": ("object_reference", cells.text_reader(254)),
    "DATEREPAR": ("repaired_date", cells.day),
    "MOUVRAGE": ("project_owner", cells.text_reader(100)),
    "GEXPLOIT": ("operator", cells.text_reader(100)),
    "DATEMAJ": ("updated_date", cells.day),
}
RULES: Final[Mapping[tuple[FamilyName, raepa.Content], Mapping[str, Rule]]] = {
    ("water", "pipes"): WATER_PIPES,
    ("water", "structures"): WATER_NODES,
    ("water", "fittings"): WATER_NODES,
    ("water", "repairs"): REPAIRS,
    ("sewer", "pipes"): SEWER_PIPES,
    ("sewer", "structures"): SEWER_NODES,
    ("sewer", "fittings"): SEWER_NODES,
    ("sewer", "repairs"): REPAIRS,
}
AEP_FIELD_NAMES: Final = {"FNAPPASS": "FNAPPAEP", "FNOUVASS": "FNOUVAEP"}
"""A template of drinking water in use names these fields as for sewers."""
FLOW: Final[Callable[[str, str], Cell]] = cells.code_reader({"0": "inverse", "1": "direct"})
