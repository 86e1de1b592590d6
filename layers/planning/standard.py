"""The tables of the CNIG standards (PLU 2014 to 2025, SUP 2016, PPR): their files, fields and codes.

Sources: schemas of the standards (github.com/cnigfr), models of IGNF/validator (config/cnig_PLU_2025 …).
"""

import re
from dataclasses import dataclass
from typing import Literal

type Need = Literal["vital", "asked", "free"]
"""A vital field is one without which a row says nothing; one that is asked may be missing, and is told."""
type Letter = Literal["S", "L", "P"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the standard names it; DBF cuts names at ten characters. `date` fields are written YYYYMMDD."""

    name: str
    length: int = 254
    need: Need = "free"
    date: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a standard. `letter` is what its geometry is: surface, line, point; None for none."""

    name: str
    letter: Letter | None
    fields: tuple[Field, ...]
    ours: frozenset[str] = frozenset()
    """Fields that older or other editions have: known, and not used."""

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


DOC_URBA = Table(
    "DOC_URBA",
    None,
    (
        Field("IDURBA", 30, "vital"),
        Field("TYPEDOC", 4, "vital"),
        Field("ETAT", 2, "vital"),
        Field("NOMPROC", 10, "asked"),
        Field("DATAPPRO", 8, "asked", date=True),
        Field("DATEFIN", 8, date=True),
        Field("SIREN", 9),
        Field("NOMREG", 80),
        Field("URLREG", 254),
        Field("SITEWEB", 254),
        Field("TYPEREF", 15),
        Field("DATEREF", 8, "asked"),
    ),
    frozenset({"NOMPLAN", "URLPLAN", "NOMRAPP", "URLRAPP", "URLPE", "INTERCO"}),
)
DOC_URBA_COM = Table(
    "DOC_URBA_COM", None, (Field("IDURBA", 30, "asked"), Field("INSEE", 5, "vital")), frozenset({"DATECOG"})
)
OF_DOCUMENT = (
    Field("NOMFIC", 80, "asked"),
    Field("URLFIC", 254),
    Field("IDURBA", 30, "asked"),
    Field("DATVALID", 8, date=True),
)
OLD = frozenset({"INSEE", "DATAPPRO", "SYMBOLE"})
ZONE_URBA = Table(
    "ZONE_URBA",
    "S",
    (
        Field("LIBELLE", 12, "vital"),
        Field("TYPEZONE", 3, "vital"),
        Field("LIBELONG", 254),
        Field("FORMDOMI", 4),
        Field("DESTOUI", 120),
        *OF_DOCUMENT,
    ),
    OLD | {"LIB_IDZONE", "DESTDOMI", "DESTCDT", "DESTNON"},
)
SECTEUR_CC = Table(
    "SECTEUR_CC",
    "S",
    (Field("LIBELLE", 254, "vital"), Field("TYPESECT", 2, "vital"), *OF_DOCUMENT),
    OLD | {"LIB_IDSECT", "FERMRECO", "DESTDOMI"},
)
LETTERS: dict[str, Letter] = {"SURF": "S", "LIN": "L", "PCT": "P"}


def _details(name: str, kind: str, letter: Letter, ending: str, more: tuple[Field, ...] = ()) -> Table:
    fields = (
        Field("LIBELLE", 254, "vital"),
        Field("TXT", 10),
        Field(f"TYPE{kind}", 2, "vital"),
        Field(f"STYPE{kind}", 2, "asked"),
        *more,
        *OF_DOCUMENT,
    )
    return Table(f"{name}_{ending}", letter, fields, OLD | {f"LIB_ID{kind}"})


PRESCRIPTIONS = tuple(
    _details("PRESCRIPTION", "PSC", letter, ending, (Field("NATURE", 50),)) for ending, letter in LETTERS.items()
)
INFORMATION = tuple(_details("INFO", "INF", letter, ending) for ending, letter in LETTERS.items())
PLU = (DOC_URBA, DOC_URBA_COM, ZONE_URBA, SECTEUR_CC, *PRESCRIPTIONS, *INFORMATION)

SERVITUDE = Table(
    "SERVITUDE",
    None,
    (
        Field("IDSUP", 40, "vital"),
        Field("IDGEST", 40),
        Field("NOMSUP", 100, "asked"),
        Field("NOMSUPLITT", 200),
        Field("CATEGORIE", 10, "asked"),
        Field("DESCRIPTIO", 254),
        Field("DATEMAJ", 8, date=True),
    ),
    frozenset(
        "IDINTGEST ECHNUM VALIDEGEST OBSVALIDAT ESTABROGE MODEPROD QUIPROD DOCSOURCE NOMREG URLREG".split()  # noqa: SIM905
    ),
)
ACTE_SUP = Table(
    "ACTE_SUP",
    None,
    (
        Field("IDACTE", 40, "vital"),
        Field("NOMACTE", 100, "asked"),
        Field("REFERENCE", 50),
        Field("TYPEACTE", 50),
        Field("FICHIER", 254),
        Field("DECISION", 25),
        Field("DATEDECIS", 8, date=True),
        Field("DATEPUB", 8, date=True),
    ),
    frozenset({"APLAN"}),
)
SERVITUDE_ACTE_SUP = Table("SERVITUDE_ACTE_SUP", None, (Field("IDSUP", 40, "vital"), Field("IDACTE", 42, "vital")))
GESTIONNAIRE_SUP = Table(
    "GESTIONNAIRE_SUP",
    None,
    (Field("IDGEST", 40, "vital"), Field("NOMGEST", 80, "vital")),
    frozenset({"NOMCORRES", "NUMTEL", "COURRIEL", "ADRESSE"}),
)
GENERATOR_FIELDS = (
    Field("IDGEN", 40, "vital"),
    Field("IDSUP", 40, "vital"),
    Field("NOMGEN", 100),
    Field("TYPEGEN", 40),
)
FOOTPRINT_FIELDS = (
    Field("IDASS", 254),
    Field("IDGEN", 254, "vital"),
    Field("NOMASS", 254),
    Field("TYPEASS", 254),
)
GENERATOR_OLD = frozenset({"MODEGENERE", "SRCGEOGEN", "DATESRCGEN", "REFBDEXT", "IDBDEXT"})
FOOTPRINT_OLD = frozenset({"MODEGEOASS", "PARAMCALC", "SRCGEOASS", "DATESRCASS"})
OF_EASEMENTS: tuple[Letter, ...] = ("S", "L", "P")
GENERATORS = tuple(Table(f"GENERATEUR_SUP_{one}", one, GENERATOR_FIELDS, GENERATOR_OLD) for one in OF_EASEMENTS)
FOOTPRINTS = tuple(Table(f"ASSIETTE_SUP_{one}", one, FOOTPRINT_FIELDS, FOOTPRINT_OLD) for one in OF_EASEMENTS)
SUP = (SERVITUDE, ACTE_SUP, SERVITUDE_ACTE_SUP, GESTIONNAIRE_SUP, *GENERATORS, *FOOTPRINTS)

PROCEDURE = Table(
    "PROCEDURE",
    None,
    (Field("CODEPROCEDURE", 20, "vital"), Field("LIBELLEPROCEDURE", 254, "asked"), Field("TYPEPROCEDURE", 10)),
)
PERIMETRE_S = Table(
    "PERIMETRE_S",
    "S",
    (
        Field("CODEPROCEDURE", 20, "vital"),
        Field("ETATPROCEDURE", 40),
        Field("DATEETAT", 10, "asked", date=True),
    ),
    frozenset({"IDPERIMETRE"}),
)
REFERENCEINTERNET = Table(
    "REFERENCEINTERNET",
    None,
    (Field("CODEPROCEDURE", 20, "vital"), Field("ADRESSE", 254)),
    frozenset({"NOMRESSOURCE", "TYPEREFERENCE", "DESCRIPTION"}),
)
RISK_FIELDS = (
    Field("CODEPROCEDURE", 20, "vital"),
    Field("CODEZONEREGLEMENT", 60, "vital"),
    Field("IDZONEREGLEMENTAIRE", 60),
    Field("LIBELLEZONEREGLEMENT", 255, "asked"),
    Field("TYPEREGLEMENT", 2, "asked"),
)
RISK_NATURES = {"URBA": "urba", "FONCIER": "foncier", "": ""}
RISK_ZONES = tuple(
    Table(f"ZONEREGLEMENTAIRE{name}_S", "S", RISK_FIELDS, frozenset({"OBLIGATIONTRAVAUX"})) for name in RISK_NATURES
)
PPR = (PROCEDURE, PERIMETRE_S, REFERENCEINTERNET, *RISK_ZONES)

# Codes

ZONES = ("U", "AUc", "AUs", "A", "N")
# Of the editions before 2017, and of writers in capitals.
OLD_ZONES = {
    "AU": "AUc",
    "1AU": "AUc",
    "2AU": "AUs",
    "Ah": "A",
    "Ad": "A",
    "Nh": "N",
    "Nd": "N",
    "AUC": "AUc",
    "AUS": "AUs",
}
SECTORS = ("01", "02", "03", "99")
KINDS = {"PLU": "PLU", "PLUI": "PLUi", "CC": "CC", "POS": "POS", "PSMV": "PSMV"}
STATES = tuple(f"0{number}" for number in range(1, 10))
NOT_YET = ("01", "02")
ENDED = ("04", "05", "06", "09")
PROCEDURES = re.compile(r"(E|R|A|ME|MC|MEC\d*|MAJ\d*|M\d*|MS\d*|RS\d*|RA\d*)", re.IGNORECASE)
PRESCRIPTION_KINDS = frozenset(
    f"{number:02d}" for number in (*range(1, 6), 7, 8, *range(13, 21), *range(22, 57), 97, 98, 99)
)
INFORMATION_KINDS = frozenset(
    f"{number:02d}"
    for number in (*range(1, 6), *range(7, 15), 16, 17, *range(19, 24), 25, 27, *range(30, 44), 97, 98, 99)
)
# The last sub-code of each kind that has some besides 00, and those that stand apart.
PRESCRIPTION_LAST = (
    "01-03 02-02 03-03 05-08 07-05 15-03 16-05 18-16 22-04 24-04 26-01 28-01 29-02 30-04 31-08 37-02 38-02"
)
PRESCRIPTION_LAST += " 39-02 40-02 41-03 43-03 44-05 47-05 48-01 49-02 54-02 55-02 97-01 99-10"
PRESCRIPTION_APART = "15-98 38-97 38-98 39-97 39-98 40-97 40-98 41-98 44-98"
INFORMATION_LAST = "04-01 19-02 40-02 42-03 99-02"


def subcodes(last: str, apart: str = "") -> frozenset[str]:
    """Every sub-code above 00, after its kind (`05-01`)."""
    ends = (one.split("-") for one in last.split())
    return frozenset(f"{kind}-{code:02d}" for kind, end in ends for code in range(1, int(end) + 1)) | set(apart.split())


# Symbols of the CNIG for PLU (github.com/cnigfr/DDU-SG5-SYMBOLISATION, grille_plu_psc.csv and grille_plu_inf.csv).
PRESCRIPTION_SUBCODES = subcodes(PRESCRIPTION_LAST, PRESCRIPTION_APART)
INFORMATION_SUBCODES = subcodes(INFORMATION_LAST)
CATEGORIES = frozenset(
    (
        *(f"A{number}" for number in range(1, 11)),
        *("AC1", "AC2", "AC3", "AC4", "AC4bis", "AR1", "AR2", "AR3", "AR4", "AR5", "AR6", "AS1", "AS2"),
        *(f"EL{number}" for number in range(1, 13)),
        *(f"I{number}" for number in range(1, 11)),
        *("INT1", "JS1", *(f"PM{number}" for number in range(1, 10))),
        *("PT1", "PT2", "PT2LH", "PT3", "PT4", *(f"T{number}" for number in range(1, 10))),
    )
)

# Names

DATE_END = r"(?:_?(?P<date>\d{8}))"
CODE = r"(?P<code>(?:\d{2}|2[AB])\d{3}|\d{9})"
IDURBA_V2 = re.compile(rf"{CODE}_(?P<kind>PLU|PLUi|PLUI|POS|CC|PSMV){DATE_END}(?:_[A-Za-z0-9]+)?")
IDURBA_V1 = re.compile(rf"{CODE}{DATE_END}")
PLU_FOLDER = re.compile(rf"{CODE}_(?:PLU|PLUi|PLUI|POS|CC|PSMV){DATE_END}(?:_[A-Za-z0-9]+)?")
SCOT_FOLDER = re.compile(rf"{CODE}_SCOT{DATE_END}(?:_[A-Za-z0-9]+)?", re.IGNORECASE)
SCOT_TABLES = frozenset({"SCOT", "PERIMETRE_SCOT"})
SUP_FOLDER = re.compile(r"(?P<set>\d{9}_(?P<category>[A-Za-z0-9]+)_\w+?)_(?P<date>\d{8})")
AROUND = re.compile(r"^(?:(?:(?:\d{2}|2[AB])\d{3}|\d{9})_)|(?:_\d{8})$", re.IGNORECASE)


def plu_table(stem: str) -> Table | None:
    """The table that a file of a planning document holds, by its name: code and date around it do not matter."""
    name = AROUND.sub("", stem).upper()
    return next((one for one in PLU if one.name == name), None)


def is_of_scot(stem: str) -> bool:
    """Whether a file is of a territorial coherence plan (SCoT 2018), by its name."""
    return AROUND.sub("", stem).upper() in SCOT_TABLES


def sup_table(stem: str) -> Table | None:
    """The table of a file of easements; its category goes before, its département after (PM3_ASSIETTE_SUP_S_028)."""
    name = stem.upper()
    tables = [one for one in SUP if re.search(rf"(?:^|_){one.name}(?:_[0-9A-Z]{{2,3}})?(?:_\d{{8}})?$", name)]
    return max(tables, key=lambda one: len(one.name), default=None)


def ppr_table(stem: str) -> Table | None:
    """The table of a layer of a risk plan: pprt_69dreal20090005_zonereglementaireurba_s."""
    name = stem.upper()
    return next((one for one in PPR if name == one.name or name.endswith(f"_{one.name}")), None)


def category_in(stem: str) -> str:
    """The category that begins the name of a file of easements, "" for none."""
    head = stem.partition("_")[0]
    return next((one for one in CATEGORIES if one.lower() == head.lower()), "")


def idurba_parts(idurba: str) -> tuple[str, str, str] | None:
    """(code, kind or "", YYYYMMDD) of an identifier of either form."""
    match = IDURBA_V2.fullmatch(idurba) or IDURBA_V1.fullmatch(idurba)
    if match is None:
        return None
    groups = match.groupdict()
    return groups["code"], groups.get("kind") or "", groups["date"]
