"""RAEPA 1.2 (CNIG): its eight tables, field by field, and its codes against those of `code_lists`, both ways.

Widths and types are those of the templates in use, save FNAPP* and FNOUV*: the codes of 1.2 (“07-01”) need five
characters where the templates have two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from gis_core.codes import code_list
from layers.intake.cells import bare
from networks.water import code_lists
from networks.water.families import FamilyName

type FieldKind = Literal["C", "N", "D"]


@dataclass(frozen=True, slots=True)
class RaepaField:
    """A field: text (C), number (N) or day (D), its width in a table (.dbf) and its decimals."""

    name: str
    kind: FieldKind
    width: int
    decimals: int = 0


def text(name: str, width: int) -> RaepaField:
    return RaepaField(name, "C", width)


def number(name: str, width: int = 10, decimals: int = 0) -> RaepaField:
    return RaepaField(name, "N", width, decimals)


def day(name: str) -> RaepaField:
    return RaepaField(name, "D", 8)


PLACE = (number("X", 10, 3), number("Y", 10, 3))
OWNERS = (text("MOUVRAGE", 100), text("GEXPLOIT", 100))
SYSTEM = text("TYPRESEAU", 2)
NEIGHBOURS = (text("IDCANAMONT", 254), text("IDCANAVAL", 254), text("IDCANPPALE", 254))
ORIGIN = (
    text("QUALGLOCXY", 2),
    text("QUALGLOCZ", 2),
    day("DATEMAJ"),
    text("SOURMAJ", 100),
    text("QUALANNEE", 2),
    day("DATEGEOLOC"),
    text("SOURGEOLOC", 100),
    text("SOURATTRIB", 100),
)


def pipe_fields(*, sewer: bool) -> tuple[RaepaField, ...]:
    use = "ASS" if sewer else "AEP"
    heights = (number("ZAMONT", 6, 3), number("ZAVAL", 6, 3), text("SENSECOUL", 1))
    return (
        text("IDCANA", 254),
        *OWNERS,
        text("ENSERVICE", 1),
        text("BRANCHEMNT", 1),
        *((SYSTEM,) if sewer else ()),
        text("MATERIAU", 2),
        number("DIAMETRE"),
        text("ANFINPOSE", 4),
        text("MODECIRC", 2),
        text(f"CONTCAN{use}", 2),
        text(f"FONCCAN{use}", 2),
        text("IDNINI", 254),
        text("IDNTERM", 254),
        text("IDCANPPALE", 254),
        *(heights if sewer else (number("PROFGEN", 6, 3),)),
        text("ANDEBPOSE", 4),
        number("LONGCANA"),
        number("NBRANCHE"),
        *ORIGIN,
    )


def fitting_fields(*, sewer: bool) -> tuple[RaepaField, ...]:
    return (
        text("IDAPPAREIL", 254),
        *PLACE,
        *OWNERS,
        *((SYSTEM, text("FNAPPASS", 5)) if sewer else (text("FNAPPAEP", 5),)),
        text("ANFINPOSE", 4),
        number("DIAMETRE"),
        *NEIGHBOURS,
        text("IDOUVRAGE", 254),
        number("Z", 6, 2),
        text("ANDEBPOSE", 4),
        *ORIGIN,
    )


def structure_fields(*, sewer: bool) -> tuple[RaepaField, ...]:
    return (
        text("IDOUVRAGE", 254),
        *PLACE,
        *OWNERS,
        *((SYSTEM, text("FNOUVASS", 5)) if sewer else (text("FNOUVAEP", 5),)),
        text("ANFINPOSE", 4),
        *NEIGHBOURS,
        number("Z", 6, 2),
        text("ANDEBPOSE", 4),
        *ORIGIN,
    )


REPAIR_FIELDS: Final = (
    text("IDREPAR", 254),
    *PLACE,
    text("SUPPREPARE", 2),
    text("DEFREPAREE", 2),
    text("IDSUPREPAR", 254),
    day("DATEREPAR"),
    text("MOUVRAGE", 100),
)
type Content = Literal["pipes", "structures", "fittings", "repairs"]


@dataclass(frozen=True, slots=True)
class RaepaTable:
    """One of the eight: whose network, what it holds, its fields; `identifier` names its rows."""

    name: str
    family: FamilyName
    content: Content
    fields: tuple[RaepaField, ...]

    @property
    def identifier(self) -> str:
        return self.fields[0].name


TABLES: Final[Mapping[str, RaepaTable]] = {
    table.name: table
    for table in (
        RaepaTable("RAEPA_CANALAEP_L", "water", "pipes", pipe_fields(sewer=False)),
        RaepaTable("RAEPA_OUVRAEP_P", "water", "structures", structure_fields(sewer=False)),
        RaepaTable("RAEPA_APPARAEP_P", "water", "fittings", fitting_fields(sewer=False)),
        RaepaTable("RAEPA_REPARAEP_P", "water", "repairs", REPAIR_FIELDS),
        RaepaTable("RAEPA_CANALASS_L", "sewer", "pipes", pipe_fields(sewer=True)),
        RaepaTable("RAEPA_OUVRASS_P", "sewer", "structures", structure_fields(sewer=True)),
        RaepaTable("RAEPA_APPARASS_P", "sewer", "fittings", fitting_fields(sewer=True)),
        RaepaTable("RAEPA_REPARASS_P", "sewer", "repairs", REPAIR_FIELDS),
    )
}

OUR_MATERIALS: Final = {
    "00": "inc", "01": "acier", "02": "amci", "03": "btat", "04": "ba", "05": "btfb", "06": "btna", "07": "cu",
    "08": "fbro", "09": "fbvr", "10": "fbro", "11": "fd", "12": "fg", "13": "gres", "14": "mac", "15": "meul",
    "16": "pebd", "17": "pehda", "18": "pehd", "19": "pb", "20": "ppa", "21": "pp", "22": "prv", "23": "prv",
    "24": "pvc", "25": "pvcbo", "26": "pvca", "27": "pvc", "28": "tole", "99": "autre",
}  # fmt: skip
MATERIALS: Final = {
    code: (OUR_MATERIALS[code], label) for code, (label, _en) in code_list(code_lists.APP, "raepa_materials").items()
}
"""Ours and the label, by RAEPA's code."""
RAEPA_MATERIALS: Final = {
    **{ours: code for code, (ours, _label) in reversed(MATERIALS.items())},
    "pvc": "27",
    "maca": "14",
    "macna": "14",
}
"""RAEPA's code of ours; a material that is not here (concrete of no known kind, say) can only be “99”, other."""
SPOKEN_MATERIALS: Final = {
    "fonte": "fonte",
    "beton": "beton",
    "pvc": "pvc",
    "pvc lisse": "pvc",
    "pvc ancien": "pvc",
    "pvc bi oriente": "pvcbo",
    "pvc biax": "pvcbo",
    "pvc u": "pvc",
    "pe": "pe",
    "polyethylene": "pe",
    "pehd": "pehd",
    "pe hd": "pehd",
    "pebd": "pebd",
    "pe bd": "pebd",
    "prv": "prv",
    "prv autre": "prv",
    "pp": "pp",
    "polypropylene": "pp",
    "eternit": "amci",
    "fibrociment": "fbro",
    "fibre ciment": "fbro",
    "ac": "amci",
    "fonte ductile": "fd",
    "fonte grise": "fg",
    "tole": "tole",
    "inconnu": "inc",
    "indetermine": "inc",
    "nc": "inc",
}
"""What people write in place of a code; words without accents."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code of a fitting or a structure is here."""

    kind: str
    label: str
    subtype: str | None = None


def meanings(name: str, kinds: Mapping[str, str], subtypes: Mapping[str, str]) -> Mapping[str, Meaning]:
    """The codes of RAEPA's list `name` with what they are here; subtypes by code."""
    codes = code_list(code_lists.APP, name)
    return {code: Meaning(kinds[code], label, subtypes.get(code)) for code, (label, _en) in codes.items()}


WATER_FITTINGS: Final = meanings(
    "raepa_water_fittings",
    {
        "00-00": "other", "01-00": "fitting", "02-00": "air_valve", "03-00": "valve", "04-00": "drain",
        "05-00": "regulator", "06-00": "hydrant", "07-00": "sensor", "07-01": "meter", "07-02": "sensor",
        "07-03": "sensor", "07-99": "sensor", "99-99": "other",
    },
    {
        "01-00": "Point de branchement", "07-02": "Débitmètre", "07-03": "Capteur de pression",
    },
)  # fmt: skip
WATER_STRUCTURES: Final = meanings(
    "raepa_water_structures",
    {
        "00-00": "other", "01-00": "pump", "02-00": "treatment", "03-00": "tank", "04-00": "chamber",
        "04-01": "chamber", "05-00": "catchment", "06-00": "chamber", "99-99": "other",
    },
    {
        "04-01": "Chambre de comptage", "06-00": "Citerneau",
    },
)  # fmt: skip
SEWER_FITTINGS: Final = meanings(
    "raepa_sewer_fittings",
    {
        "00-00": "other", "01-00": "fitting", "02-00": "air_valve", "03-00": "valve", "04-00": "sensor",
        "04-01": "sensor", "04-03": "sensor", "04-99": "sensor", "05-00": "valve", "06-00": "flush", "99-99": "other",
    },
    {
        "01-00": "Point de branchement", "04-01": "Débitmètre", "04-03": "Pluviomètre", "05-00": "Batardeau",
    },
)  # fmt: skip
SEWER_STRUCTURES: Final = meanings(
    "raepa_sewer_structures",
    {
        "00-00": "other", "01-00": "pump", "02-00": "treatment", "03-00": "basin", "04-00": "overflow",
        "05-00": "outlet", "05-01": "outlet", "05-02": "outlet", "05-99": "outlet", "06-00": "manhole",
        "07-00": "inlet", "08-00": "pump", "09-00": "grit", "99-99": "other",
    },
    {
        "05-01": "Rejet d’eaux pluviales", "05-02": "Rejet d’eaux usées", "08-00": "Station sous vide",
    },
)  # fmt: skip
HOUSE_CONNECTION: Final = "01-00"
UNKNOWN: Final = "00-00"
OTHER: Final = "99-99"
FUNCTION_FIELDS: Final = {
    "FNAPPAEP": WATER_FITTINGS,
    "FNOUVAEP": WATER_STRUCTURES,
    "FNAPPASS": SEWER_FITTINGS,
    "FNOUVASS": SEWER_STRUCTURES,
}
"""The field that says what a node is, and its codes."""
NODE_CODES: Final[Mapping[FamilyName, Mapping[str, tuple[str, str]]]] = {
    "water": {
        "valve": ("FNAPPAEP", "03-00"),
        "hydrant": ("FNAPPAEP", "06-00"),
        "meter": ("FNAPPAEP", "07-01"),
        "sensor": ("FNAPPAEP", "07-00"),
        "regulator": ("FNAPPAEP", "05-00"),
        "air_valve": ("FNAPPAEP", "02-00"),
        "drain": ("FNAPPAEP", "04-00"),
        "fitting": ("FNAPPAEP", OTHER),
        "junction": ("FNAPPAEP", UNKNOWN),
        "other": ("FNAPPAEP", OTHER),
        "chamber": ("FNOUVAEP", "04-00"),
        "tank": ("FNOUVAEP", "03-00"),
        "pump": ("FNOUVAEP", "01-00"),
        "treatment": ("FNOUVAEP", "02-00"),
        "catchment": ("FNOUVAEP", "05-00"),
        "import": ("FNOUVAEP", OTHER),
    },
    "sewer": {
        "manhole": ("FNOUVASS", "06-00"),
        "inlet": ("FNOUVASS", "07-00"),
        "outlet": ("FNOUVASS", "05-00"),
        "overflow": ("FNOUVASS", "04-00"),
        "pump": ("FNOUVASS", "01-00"),
        "treatment": ("FNOUVASS", "02-00"),
        "basin": ("FNOUVASS", "03-00"),
        "grit": ("FNOUVASS", "09-00"),
        "flush": ("FNAPPASS", "06-00"),
        "valve": ("FNAPPASS", "03-00"),
        "air_valve": ("FNAPPASS", "02-00"),
        "sensor": ("FNAPPASS", "04-00"),
        "fitting": ("FNAPPASS", OTHER),
        "junction": ("FNAPPASS", UNKNOWN),
        "other": ("FNAPPASS", OTHER),
    },
}
"""The field and the code that say RAEPA best what a node is."""
WATER_CONTENTS: Final = code_lists.WATER_CONTENTS | code_list(code_lists.APP, "raepa_other_water_contents")
KNOWN_CONTENTS: Final = {"03": "99", "04": "99"}
"""What has no code of its own here."""
ACCURACIES: Final = {"01": "A", "02": "B", "03": "C"}
RAEPA_ACCURACIES: Final = {"A": "01", "B": "02", "C": "03"}
LEAST_ACCURATE: Final = "03"
NOT_KNOWN: Final = "00"
ANY_YEAR: Final = "0000"
"""What fills a year that is mandatory and not known."""
LEFT_OUT: Final = ("en_projet", "depose")
"""States of service of what does not lie in the ground: RAEPA has no word for them."""

ALIASES: Final[Mapping[str, str]] = {
    alias: field
    for field, aliases in {
        "IDCANA": "ID_CANA IDCANALISATION ID_CANALISATION IDCANALISA IDTRONCON",
        "IDOUVRAGE": "ID_OUVRAGE IDOUVR",
        "IDAPPAREIL": "ID_APPAREIL IDAPPAREILLAGE IDAPPAREI IDAPPAR",
        "IDREPAR": "IDREPARATION ID_REPAR IDREPARATI",
        "MOUVRAGE": "MAITREOUVRAGE MAITREOUVR MAITRE_OUVRAGE MAITRE_OUV",
        "GEXPLOIT": "EXPLOITANT GESTEXPLOIT GESTIONNAIRE GEXPLOITANT",
        "ENSERVICE": "EN_SERVICE",
        "BRANCHEMNT": "BRANCHEMENT BRANCHEMEN ESTBRANCHEMENT",
        "TYPRESEAU": "TYPERESEAU TYPE_RESEAU TYP_RESEAU TYPERES",
        "MATERIAU": "MATERIAUX MAT",
        "DIAMETRE": "DIAMETRENOMINAL DIAM DN DIAMETRENO DIM_V",
        "ANFINPOSE": "ANPOSESUP ANMESSUP AN_POSE_SUP ANNEEPOSE",
        "ANDEBPOSE": "ANPOSEINF ANMESINF AN_POSE_INF",
        "MODECIRC": "MODECIRCULATION MODE_CIRC MODECIRCUL",
        "CONTCANAEP": "CONTENUCANAEP CATCANAEP CATCANAE CONTENUCANALISATIONAE",
        "CONTCANASS": "CONTENUCANASS CATCANASS CONTENUCANALISATIONASS",
        "FONCCANAEP": "FONCTIONCANAEP FONCCANAE FONCTIONCANALISATIONAE",
        "FONCCANASS": "FONCTIONCANASS FONCTIONCANALISATIONASS",
        "IDNINI": "IDNOEUDINI ID_ND_AMON NOEUDINITIAL IDNOEUDINITIAL",
        "IDNTERM": "IDNOEUDTERM ID_ND_AVAL NOEUDTERMINAL IDNOEUDTERMINAL",
        "IDCANPPALE": "IDCANAPRINCIPALE IDCANPRINC IDCANALISATIONPRINCIPALE",
        "PROFGEN": "FILGEN PROFONDEUR PROFGENE",
        "ZAMONT": "FE_AMONT Z_AMONT ALTIAMONT FILEAUAMONT",
        "ZAVAL": "FE_AVAL Z_AVAL ALTIAVAL FILEAUAVAL",
        "SENSECOUL": "SENS_ECOUL SENSECOULEMENT SENSECOULE",
        "LONGCANA": "LONGUEUR LONG_CANA",
        "NBRANCHE": "NBBRANCHE NBBRANCHEMENT NBRANCHEMENT",
        "QUALGLOCXY": "QUALITEGEOLOCXY QUALGEOLOCXY QUAL_GLOCXY",
        "QUALGLOCZ": "QUALITEGEOLOCZ QUALGEOLOCZ QUAL_GLOCZ",
        "DATEMAJ": "DATE_MAJ",
        "SOURMAJ": "SOURCEMAJ SOUR_MAJ",
        "QUALANNEE": "QUALITEANNEE QUALANNE QUALANEE",
        "DATEGEOLOC": "DATEGLOC DATE_GEOLOC",
        "SOURGEOLOC": "SOURCEGEOLOC SOURGLOC",
        "SOURATTRIB": "SOURCEATTRIB SOURCEATTRIBUT",
        "Z": "ALTINOEUD Z_APPAREIL ALTITUDE",
        "FNOUVAEP": "FNOUVAE FONCTIONOUVAE FONCOUVAEP FONCOUVAE",
        "FNOUVASS": "FONCTIONOUVASS FONCOUVASS",
        "FNAPPAEP": "FNAPPAE FONCTIONAPPAE FONCAPPAEP FONCAPPAE",
        "FNAPPASS": "FONCTIONAPPASS FONCAPPASS",
        "IDCANAMONT": "IDCANAAMONT",
        "IDCANAVAL": "IDCANAAVAL",
        "SUPPREPARE": "SUPPORTREPARE SUPPREPARATION SUPPREPAR",
        "DEFREPAREE": "DEFAILLANCE DEFREPARE DEFAILLANC",
        "IDSUPREPAR": "IDSUPPREPAR IDSUPPORT IDSUPREPARE",
        "DATEREPAR": "DATEREPARATION DATE_REPAR DATEREPARA",
    }.items()
    for alias in aliases.split()
}
"""Names that files use in place of those of part C: those of part B, cut to ten characters or not, and of templates."""

TABLE_NAME = re.compile(r"(canal|ouvr|appar|repar)[a-z]*[ _-]*(aep|ass|ae(?![a-z]))", re.IGNORECASE)
CONTENTS: Final[Mapping[str, Content]] = {
    "canal": "pipes",
    "ouvr": "structures",
    "appar": "fittings",
    "repar": "repairs",
}
BY_CONTENT: Final = {(table.family, table.content): table for table in TABLES.values()}


def field_name(name: str) -> str:
    """A field's name in RAEPA (part C), whatever a file calls it; in capitals when RAEPA has none."""
    plain = bare(name).replace(" ", "_").upper()
    return ALIASES.get(plain, plain)


def table_of(label: str, fields: set[str]) -> RaepaTable | None:
    """Which of the eight tables a layer is: by its name, else by the fields that only one of them has."""
    if match := TABLE_NAME.search(label.replace("\\", "/").rsplit("/", 1)[-1]) or TABLE_NAME.search(label):
        family: FamilyName = "sewer" if match[2].lower() == "ass" else "water"
        return BY_CONTENT[family, CONTENTS[match[1].lower()]]
    for table in TABLES.values():
        own = {name for name in (one.name for one in table.fields) if name.endswith(("AEP", "ASS"))}
        if own & fields and (table.identifier in fields or table.content == "pipes"):
            return table
    return None
