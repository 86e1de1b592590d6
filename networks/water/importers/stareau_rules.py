"""What each column of StaR-Eau v2024 fills, and how its text is read: the way out (`exchange.stareau`), read backwards.

A list without a value says `non_renseigne` or `nr`, a mandatory year -9999: these are empty cells here.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from layers.intake import cells
from layers.intake.cells import Cell, Read
from networks.water import code_lists
from networks.water.exchange import stareau
from networks.water.families import FamilyName

UNRECORDED: Final = frozenset({stareau.UNRECORDED, stareau.UNKNOWN_MATERIAL, stareau.UNKNOWN_YEAR, ""})
PIPE_TABLES: Final[Mapping[str, FamilyName]] = {"aep_canalisation": "water", "ass_canalisation": "sewer"}
BRANCH_TABLES: Final[Mapping[str, FamilyName]] = {
    "aep_canalisation_branchement": "water",
    "ass_canalisation_branchement": "sewer",
}
JOINT_TABLES: Final[Mapping[str, FamilyName]] = {"aep_raccord": "water", "ass_raccord": "sewer"}
USER_TABLES: Final[Mapping[str, FamilyName]] = {"aep_point_livraison": "water", "ass_point_collecte": "sewer"}
NODE_KINDS: Final[Mapping[str, tuple[FamilyName, str]]] = {
    "aep_vanne": ("water", "valve"),
    "aep_point_mesure": ("water", "meter"),
    "aep_regulation": ("water", "regulator"),
    "aep_appareillage": ("water", "air_valve"),
    "aep_reservoir": ("water", "tank"),
    "aep_pompage": ("water", "pump"),
    "aep_traitement": ("water", "treatment"),
    "aep_captage": ("water", "catchment"),
    "aep_piece": ("water", "fitting"),
    "ass_regard": ("sewer", "manhole"),
    "ass_engouffrement_point": ("sewer", "inlet"),
    "ass_exutoire": ("sewer", "outlet"),
    "ass_ouvrage_special_point": ("sewer", "overflow"),
    "ass_pompage": ("sewer", "pump"),
    "ass_traitement": ("sewer", "treatment"),
    "ass_bassin": ("sewer", "basin"),
    "ass_chambre_depollution": ("sewer", "grit"),
    "ass_equipement": ("sewer", "other"),
    "ass_piece": ("sewer", "fitting"),
}
"""The kind of the nodes of a table, where no code in it and no remark says another one."""
CODED_KINDS: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("aep_vanne", "fonction_vanne"): {"purge": "drain"},
    ("aep_point_mesure", "fonction_point_mesure"): {"achat": "import"},
}
HYDRANT: Final = ("type_point_livraison", "incendie")
TABLES: Final = frozenset({*PIPE_TABLES, *BRANCH_TABLES, *JOINT_TABLES, *USER_TABLES, *NODE_KINDS})


def code_of(codes: Mapping[str, Any]) -> Read:
    """A code that is the same here."""
    return lambda field, text: Cell(text) if text in codes else cells.unread(field, text)


def meaning_of(outgoing: Mapping[str, str]) -> Read:
    """Our code, by what is written of it on the way out; of several with one meaning the first."""
    meanings: dict[str, str] = {}
    for ours, theirs in outgoing.items():
        meanings.setdefault(theirs, ours)
    return lambda field, text: Cell(meanings[text]) if text in meanings else cells.unread(field, text)


def diameter(field: str, text: str) -> Cell:
    """0 is what fills a mandatory cell."""
    return Cell(None) if cells.parse_measure(text, {"": 1.0}) == (0.0, 1.0, "") else cells.diameter(field, text)


def system(field: str, text: str) -> Cell:
    return meaning_of(stareau.SYSTEMS)(field, text)


COMMON: Final[Mapping[str, tuple[str, Read]]] = {
    "etat_service": ("service_state", code_of(code_lists.SERVICE_STATES)),
    "maitre_ouvrage": ("project_owner", cells.text_reader(100)),
    "exploitant": ("operator", cells.text_reader(100)),
    "precision_xy": ("precision_xy", code_of(code_lists.ACCURACIES)),
    "precision_z": ("precision_z", code_of(code_lists.ACCURACIES)),
    "an_pose_sup": ("laid_to_year", cells.year),
    "an_pose_inf": ("laid_from_year", cells.year),
    "an_abandon_sup": ("abandoned_year", cells.year),
    "an_rehab_sup": ("rehabilitated_year", cells.year),
    "date_maj": ("updated_date", cells.day),
    "commentaire": ("comment", cells.text_reader(1000)),
}
SEWER: Final[Mapping[str, tuple[str, Read]]] = {"type_reseau": ("system", system)}
PIPES: Final[Mapping[str, tuple[str, Read]]] = {
    **COMMON,
    "materiau": ("material", code_of(code_lists.MATERIALS)),
    "diametre_equivalent": ("diameter_mm", diameter),
    "mode_circulation": ("flow_mode", meaning_of(stareau.FLOWS)),
    "longueur_terrain": ("declared_length_m", cells.metres),
}
HEIGHTS: Final[Mapping[FamilyName, Mapping[str, tuple[str, Read]]]] = {
    "water": {
        "cote_debut": ("start_z", cells.height),
        "cote_fin": ("end_z", cells.height),
        "fonction_canalisation": ("function", meaning_of(stareau.WATER_FUNCTIONS)),
        "contenu_canalisation": ("content", meaning_of(stareau.WATER_CONTENTS)),
    },
    "sewer": {
        "cote_fil_eau_amont": ("start_z", cells.height),
        "cote_fil_eau_aval": ("end_z", cells.height),
        "fonction_canalisation": ("function", meaning_of(stareau.SEWER_FUNCTIONS)),
        "contenu_canalisation": ("content", meaning_of(stareau.SEWER_CONTENTS)),
        **SEWER,
    },
}
WATER_NODES: Final[Mapping[str, tuple[str, Read]]] = {
    **COMMON,
    "nom_usuel": ("name", cells.text_reader(120)),
    "diametre": ("diameter_mm", diameter),
    "calibre": ("diameter_mm", diameter),
    "etat_ouverture": ("position", meaning_of(stareau.OPENINGS)),
    "blocage": ("condition", meaning_of(stareau.STUCK)),
    "volume_utile": ("capacity_m3", cells.metres),
    "cote_sol": ("ground_z", cells.height),
    "cote_radier": ("z", cells.height),
}
SEWER_NODES: Final[Mapping[str, tuple[str, Read]]] = {
    **COMMON,
    **SEWER,
    "nom_usuel": ("name", cells.text_reader(120)),
    "materiau": ("material", code_of(code_lists.MATERIALS)),
    "z_tampon": ("cover_z", cells.height),
    "z_radier": ("invert_z", cells.height),
    "cote_radier": ("invert_z", cells.height),
    "profondeur_mesure": ("depth_m", cells.depth),
    "capacite": ("capacity_m3", cells.metres),
    "volume_chambre": ("capacity_m3", cells.metres),
    "volume_bache": ("capacity_m3", cells.metres),
}
NODES: Final[Mapping[FamilyName, Mapping[str, tuple[str, Read]]]] = {"water": WATER_NODES, "sewer": SEWER_NODES}
CONNECTIONS: Final[Mapping[FamilyName, Mapping[str, tuple[str, Read]]]] = {
    "water": {
        **COMMON,
        "localisation": ("address", cells.text_reader(200)),
        "ref_externe": ("meter", cells.text_reader(40)),
    },
    "sewer": {
        **COMMON,
        **SEWER,
        "localisation": ("address", cells.text_reader(200)),
        "ref_externe": ("meter", cells.text_reader(40)),
    },
}
NUMBER: Final = r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
REMARKS: Final = (
    (re.compile(rf"Profondeur : {NUMBER} m"), "depth_m", float),
    (re.compile(rf"Débit : {NUMBER} m³/h"), "flow_m3h", float),
    (re.compile(rf"Pression : {NUMBER} bar"), "pressure_bar", float),
    (re.compile(r"(\d+) logements"), "dwellings", int),
)
"""What the way out says in a remark, for there is no column for it: pattern, our column, its type."""
BURIED: Final = "Enterrée, introuvable"
SEPARATOR: Final = " ; "
