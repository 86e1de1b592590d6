"""The rules that deliveries are checked by, in one table: `RULES`. `docs/reference/regles-cnig.md` lists them.

Each rule is a small function of what it looks at, which gives the parameters of its sentence, once for each fault.
A rule's level says how grave a fault is, its effect what becomes of what has it. `source` is the code of the national
validator (IGNF/validator) that asks the same, or “Arpent” for a rule of this platform.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from gis_core.files.reader import LayerInfo, Problem
from layers.intake.rows import Refused
from layers.planning import standard
from layers.planning.standard import Table

type Params = Mapping[str, Any]
type Check = Callable[[Any], Iterator[Params]]

ARPENT = "Arpent"
INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
SIREN = re.compile(r"\d{9}")
CODE = re.compile(r"\d{2}")
LONGEST_IDENTIFIER = 60
ANY_NAME = re.compile(r".*")
PAGE = re.compile(r"#(?:page=)?0*([1-9]\d{0,4})(?:$|[&;])", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


class Level(StrEnum):
    """How grave a fault is."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class Effect(StrEnum):
    """What is refused: the whole delivery, one of its files, one row, nothing."""

    DELIVERY = "delivery"
    FILE = "file"
    ROW = "row"
    NOTHING = "nothing"


LEVELS = {Level.ERROR: _("Error"), Level.WARNING: _("Warning"), Level.INFORMATION: _("Information")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; what it checks is said by its function's docstring."""

    id: str
    scope: type
    level: Level
    effect: Effect
    sentence: Any
    source: str
    check: Check

    @property
    def checks(self) -> str:
        return (self.check.__doc__ or "").strip()


RULES: dict[str, Rule] = {}


class Finding(Refused):
    """A fault: a rule's id as `code`, with its sentence; `index` is the row (from 1), 0 for the file as a whole."""

    __slots__ = ()

    @property
    def rule(self) -> Rule:
        return RULES[self.code]


def describe_rule(code: str, params: Mapping[str, Any]) -> str:
    """The level of a rule, then its sentence, in the current language; empty for what is no rule's id."""
    rule = RULES.get(code)
    return f"{LEVELS[rule.level]} : {rule.sentence % params}" if rule else ""


# -- what rules look at ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as a whole: its name, the tables found in it, its written pieces that are PDF files."""

    name: str
    pattern: re.Pattern[str]
    tables: frozenset[str]
    wanted: tuple[tuple[str, ...], ...]
    """Tables without which nothing comes in; one of each group is enough."""
    recommended: tuple[tuple[str, ...], ...]
    documents: frozenset[str]
    unexpected: tuple[str, ...] = ()
    not_pdf: tuple[str, ...] = ()
    metadata: bool = True
    twice: tuple[str, ...] = ()
    """Tables that more than one file gives, with those files."""
    documents_wanted: bool = True
    is_scot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file that the restricted reader refuses."""

    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """A shapefile that was delivered without one of its files."""

    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A table of the delivery, as the reader found it in a file of this format (.shp, .gpkg)."""

    table: Table
    info: LayerInfo
    suffix: str
    epsg: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the reader says of one row's geometry: refused or repaired."""

    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What rows refer to: `ids` are the identifiers that came in, by field; `documents` delivered files, lower case."""

    idurba: str = ""
    documents: frozenset[str] = frozenset()
    ids: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row by the names of the standard, "" for no value; `present` are the fields that the file has."""

    table: Table
    values: Mapping[str, str]
    present: frozenset[str]
    known: Known

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The document that DOC_URBA describes; `rows` of it were found, `ours` of them are of the delivery's name."""

    idurba: str
    kind: str
    state: str
    procedure: str
    approved: date | None
    approved_text: str
    ended: date | None
    siren: str
    rows: int
    ours: int
    agree: bool
    """Whether the rows that may be meant say the same."""
    folder_code: str
    """The INSEE code or the SIREN that the delivery is named after, else IDURBA."""
    unknown: frozenset[str]
    """Codes of the document that are of no commune of the base."""
    communes: frozenset[str]
    same_day: tuple[str, ...]
    """Other versions for these communes that were approved on the same day."""
    strangers: frozenset[str]
    """Communes of the document that are not in the member's territory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Easements:
    """What is missing between the tables of a set of easements, by name; `elsewhere` names the other sets that hold
    easements of the same identifiers, with how many.
    """

    without_footprint: tuple[str, ...]
    without_act: tuple[str, ...]
    generators: tuple[str, ...]
    """Those without a footprint."""
    by_name: tuple[str, ...]
    elsewhere: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risks:
    """A risk plan: its state and the date of it."""

    code: str
    state: str
    dated: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A row that lies outside metropolitan France, or outside the member's territory, near (x, y) in EPSG:2154."""

    x: int
    y: int
    france: bool


def findings(subject: Any, index: int = 0, identifier: str | None = None) -> Iterator[Finding]:
    """What the rules of this kind of subject find."""
    for one in RULES.values():
        if one.scope is type(subject):
            for params in one.check(subject):
                yield Finding(index, identifier, one.id, params)


def rule(id_: str, scope: type, level: Level, effect: Effect, sentence: Any, source: str) -> Callable[[Check], Check]:
    """Put a function in the table of rules."""

    def put(check: Check) -> Check:
        RULES[id_] = Rule(
            id=id_, scope=scope, level=level, effect=effect, sentence=sentence, source=source, check=check
        )
        return check

    return put


# -- the delivery ------------------------------------------------------------------------------------------------------


@rule(
    "nom-du-dossier",
    Delivery,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The folder “%(name)s” is not named as the standard asks: code, kind and date."),
    "DIRECTORY_UNEXPECTED_NAME",
)
def delivery_name(delivery: Delivery) -> Iterator[Params]:
    """The name of the folder."""
    if not delivery.pattern.fullmatch(delivery.name):
        yield {"name": delivery.name[:100]}


@rule(
    "scot",
    Delivery,
    Level.ERROR,
    Effect.DELIVERY,
    _(
        "This is a territorial coherence plan (SCoT): Arpent recognises it and does not read it, nothing comes in. It "
        "reads PLU, PLUi, communal maps, POS and PSMV."
    ),
    ARPENT,
)
def coherence_plan(delivery: Delivery) -> Iterator[Params]:
    """That the document is no SCoT, which has neither zones nor prescriptions."""
    if delivery.is_scot:
        yield {}


@rule(
    "fichier-obligatoire",
    Delivery,
    Level.ERROR,
    Effect.DELIVERY,
    _("The mandatory file %(name)s is missing or cannot be used: ask for a complete delivery. Nothing comes in."),
    "FILE_MISSING_MANDATORY",
)
def mandatory_file(delivery: Delivery) -> Iterator[Params]:
    """The tables without which there is no document."""
    for group in () if delivery.is_scot else delivery.wanted:
        if not delivery.tables & set(group):
            yield {"name": " / ".join(group)}


@rule(
    "table-en-double",
    Delivery,
    Level.ERROR,
    Effect.DELIVERY,
    _("Two files give the same table, %(names)s: keep the right one. Nothing is imported."),
    ARPENT,
)
def table_twice(delivery: Delivery) -> Iterator[Params]:
    """That one file alone gives each table of a planning document: zones would lie over one another."""
    yield from ({"names": names} for names in delivery.twice)


@rule(
    "fichier-recommande",
    Delivery,
    Level.WARNING,
    Effect.NOTHING,
    _("The file %(name)s, which the standard asks for, is missing."),
    "FILE_MISSING_RECOMMANDED",
)
def recommended_file(delivery: Delivery) -> Iterator[Params]:
    """The tables that the standard asks for beside."""
    for group in delivery.recommended:
        if not delivery.tables & set(group):
            yield {"name": " / ".join(group)}


@rule(
    "metadonnees",
    Delivery,
    Level.WARNING,
    Effect.NOTHING,
    _("There is no metadata file (.xml)."),
    "FILE_MISSING_MANDATORY",
)
def metadata_file(delivery: Delivery) -> Iterator[Params]:
    """The metadata file at the root."""
    if not delivery.metadata:
        yield {}


@rule(
    "fichier-inattendu",
    Delivery,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The file %(name)s is none of the standard that Arpent uses: it is left aside."),
    "FILE_UNEXPECTED",
)
def unexpected_file(delivery: Delivery) -> Iterator[Params]:
    """Files that the standard does not name, or that are only for drawing (HABILLAGE)."""
    for name in delivery.unexpected:
        yield {"name": name[:150]}


@rule(
    "piece-non-pdf",
    Delivery,
    Level.WARNING,
    Effect.NOTHING,
    _("The piece %(name)s is no PDF file: it is not kept."),
    "CNIG_PIECE_ECRITE_ONLY_PDF",
)
def piece_not_pdf(delivery: Delivery) -> Iterator[Params]:
    """Files of the folders of pieces that are not PDF, by their first bytes."""
    for name in delivery.not_pdf:
        yield {"name": name[:150]}


@rule(
    "aucune-piece",
    Delivery,
    Level.WARNING,
    Effect.NOTHING,
    _("There is no written piece (PDF) in the delivery."),
    "CNIG_DOCUMENT_NO_PDF",
)
def no_piece(delivery: Delivery) -> Iterator[Params]:
    """At least one written piece or act."""
    if delivery.documents_wanted and not delivery.documents:
        yield {}


@rule("fichier-illisible", Unreadable, Level.ERROR, Effect.FILE, "%(words)s", "FILE_NOT_OPENED")
def unreadable_file(unreadable: Unreadable) -> Iterator[Params]:
    """Whether the restricted reader can open the file."""
    yield {"words": unreadable.problem.message}


@rule(
    "shapefile-incomplet",
    Incomplete,
    Level.ERROR,
    Effect.FILE,
    _("The file %(name)s of this shapefile is missing: ask for it. Nothing of the others is used."),
    ARPENT,
)
def incomplete_shapefile(incomplete: Incomplete) -> Iterator[Params]:
    """That the attributes (.dbf) of a shapefile lie beside its shapes."""
    yield {"name": incomplete.missing}


# -- a table -----------------------------------------------------------------------------------------------------------


@rule(
    "champ-indispensable",
    Opened,
    Level.ERROR,
    Effect.FILE,
    _("The field %(name)s is missing: no row of this file can be used."),
    "TABLE_MISSING_ATTRIBUTE",
)
def vital_field(opened: Opened) -> Iterator[Params]:
    """The fields without which rows say nothing."""
    yield from ({"name": one} for one in missing_fields(opened, "vital"))


@rule(
    "champ-absent",
    Opened,
    Level.WARNING,
    Effect.NOTHING,
    _("The field %(name)s, which the standard asks for, is missing."),
    "TABLE_MISSING_ATTRIBUTE",
)
def recommended_field(opened: Opened) -> Iterator[Params]:
    """The other fields that the standard asks for."""
    yield from ({"name": one} for one in missing_fields(opened, "asked"))


def missing_fields(opened: Opened, need: str) -> list[str]:
    present = {short(one) for one in names_of(opened.info)}
    return [one.name for one in opened.table.fields if one.need == need and short(one.name) not in present]


def names_of(info: LayerInfo) -> list[str]:
    return [column.name for column in info.columns]


def short(name: str) -> str:
    """A field's name as a DBF table has it."""
    return name.upper()[:10]


@rule(
    "champ-inattendu",
    Opened,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The field %(name)s is none of the standard: it is not kept."),
    "TABLE_UNEXPECTED_ATTRIBUTE",
)
def unexpected_field(opened: Opened) -> Iterator[Params]:
    """Fields that the standard does not have."""
    known = {short(one.name) for one in opened.table.fields} | set(map(short, opened.table.ours))
    yield from ({"name": name[:60]} for name in names_of(opened.info) if short(name) not in known | {"FID"})


@rule(
    "encodage",
    Opened,
    Level.WARNING,
    Effect.NOTHING,
    _("The file does not say its encoding (no .cpg): it was read as %(name)s."),
    "TABLE_UNEXPECTED_ENCODING",
)
def encoding_unsaid(opened: Opened) -> Iterator[Params]:
    """Whether the file declares the encoding of its texts."""
    encoding = opened.info.encoding
    if encoding and encoding.how in ("guessed", "utf8", "ascii", "contradicted"):
        yield {"name": str(encoding.name).upper()}


@rule(
    "projection-sans-code",
    Opened,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The coordinate reference system has no code; it is EPSG:%(code)s by its definition."),
    "VALIDATOR_PROJECTION_INFO",
)
def crs_without_code(opened: Opened) -> Iterator[Params]:
    """A .prj without an EPSG code whose projection is known."""
    reference = opened.info.reference
    if opened.table.letter and opened.info.crs and reference and reference.how in ("name", "projection"):
        yield {"code": opened.info.crs}


@rule(
    "projection-absente",
    Opened,
    Level.WARNING,
    Effect.NOTHING,
    _("The file does not say its coordinate reference system (no .prj): by its coordinates it is EPSG:%(code)s."),
    ARPENT,
)
def crs_guessed(opened: Opened) -> Iterator[Params]:
    """A missing .prj where the coordinates tell."""
    if opened.table.letter and opened.info.crs is None and opened.epsg:
        yield {"code": opened.epsg}


@rule(
    "projection-inconnue",
    Opened,
    Level.ERROR,
    Effect.FILE,
    _("Nobody can tell in which coordinate reference system the file is: ask for its .prj. It is not used."),
    "ATTRIBUTE_GEOMETRY_INVALID_DATA_EXTENT",
)
def crs_unknown(opened: Opened) -> Iterator[Params]:
    """A system that neither the file nor its coordinates tell, or that contradicts them."""
    if opened.table.letter and opened.info.features and opened.epsg is None:
        yield {}


@rule(
    "table-sans-geometrie",
    Opened,
    Level.ERROR,
    Effect.FILE,
    _("The file has no geometry (a .shp without its .shx or alone as .dbf?): it is not used."),
    "TABLE_MISSING_GEOMETRY",
)
def no_geometry(opened: Opened) -> Iterator[Params]:
    """A table that must have a geometry and has none."""
    if opened.table.letter and not opened.info.has_geometry:
        yield {}


@rule(
    "geometrie-3d",
    Opened,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The geometries have heights, which the standard does not know: they are left out."),
    "ATTRIBUTE_GEOMETRY_INVALID",
)
def heights(opened: Opened) -> Iterator[Params]:
    """Geometries with a third dimension."""
    if opened.table.letter and opened.info.geometry and opened.info.geometry.heights:
        yield {}


@rule(
    "format",
    Opened,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The file is in another format than Shapefile (%(suffix)s): it is read all the same."),
    ARPENT,
)
def other_format(opened: Opened) -> Iterator[Params]:
    """MapInfo, GeoPackage and other formats."""
    if opened.table not in standard.PPR and opened.suffix not in (".shp", ".dbf"):
        yield {"suffix": opened.suffix}


@rule(
    "table-vide",
    Opened,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The file has no row."),
    "FILE_EMPTY",
)
def empty_table(opened: Opened) -> Iterator[Params]:
    """A table without rows."""
    if not opened.info.features:
        yield {}


# -- a row -------------------------------------------------------------------------------------------------------------


@rule(
    "valeur-indispensable",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("“%(name)s” has no value."),
    "ATTRIBUTE_UNEXPECTED_NULL",
)
def vital_value(row: Row) -> Iterator[Params]:
    """Values without which the row says nothing."""
    yield from ({"name": one.name} for one in row.table.fields if one.need == "vital" and not row[one.name])


@rule(
    "valeur-absente",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("“%(name)s”, which the standard asks for, has no value."),
    "ATTRIBUTE_UNEXPECTED_NULL",
)
def recommended_value(row: Row) -> Iterator[Params]:
    """The other values that the standard asks for, where the file has the field."""
    for one in row.table.fields:
        if one.need == "asked" and one.name in row.present and not row[one.name]:
            yield {"name": one.name}


@rule(
    "valeur-trop-longue",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("“%(name)s” is longer than the %(length)s characters of the standard; it is kept whole."),
    "ATTRIBUTE_SIZE_EXCEEDED",
)
def long_value(row: Row) -> Iterator[Params]:
    """Texts longer than the standard allows."""
    for one in row.table.fields:
        if not one.date and len(row[one.name]) > one.length:
            yield {"name": one.name, "length": one.length}


@rule(
    "identifiant-trop-long",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("“%(name)s” is longer than %(length)s characters: it cannot be an identifier."),
    "ATTRIBUTE_SIZE_EXCEEDED",
)
def long_identifier(row: Row) -> Iterator[Params]:
    """Identifiers and codes longer than any standard has them."""
    for one in row.table.fields:
        if one.name.startswith(("ID", "CODE")) and len(row[one.name]) > LONGEST_IDENTIFIER:
            yield {"name": one.name, "length": LONGEST_IDENTIFIER}


@rule(
    "date",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("“%(name)s” is no date written YYYYMMDD (%(value)s): it is left out."),
    "ATTRIBUTE_INVALID_FORMAT",
)
def bad_date(row: Row) -> Iterator[Params]:
    """Dates."""
    for one in row.table.fields:
        if one.date and row[one.name] and date_of(row[one.name]) is None:
            yield {"name": one.name, "value": row[one.name][:30]}


def date_of(text: str) -> date | None:
    """YYYYMMDD or YYYY-MM-DD; None for anything else."""
    digits = text[:10].replace("-", "")
    if len(digits) != 8 or not digits.isdecimal() or not digits.isascii() or digits < "1800":
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@rule(
    "idurba-autre",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("The row is of another document, %(found)s, than the delivery’s, %(expected)s."),
    "CNIG_IDURBA_UNEXPECTED",
)
def other_document(row: Row) -> Iterator[Params]:
    """Whether rows are of the document of the delivery."""
    given = row["IDURBA"]
    if given and row.known.idurba and given.upper() != row.known.idurba.upper():
        yield {"found": given[:60], "expected": row.known.idurba}


@rule(
    "typezone",
    Row,
    Level.ERROR,
    Effect.ROW,
    _(
        "The kind of zone “%(value)s” does not exist: U, AUc, AUs, A or N is expected, "
        "or 01, 02, 03 or 99 in a communal map."
    ),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def zone_kind(row: Row) -> Iterator[Params]:
    """TYPEZONE of a plan, TYPESECT of a communal map."""
    value = row["TYPEZONE"] or row["TYPESECT"]
    if value and zone_of(value) is None:
        yield {"value": value[:20]}


def zone_of(value: str) -> str | None:
    """The kind of zone of today's standard, None for no zone."""
    return value if value in (*standard.ZONES, *standard.SECTORS) else standard.OLD_ZONES.get(value)


@rule(
    "typezone-ancien",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("The kind of zone “%(value)s” is one of an older edition: it is taken for %(zone)s."),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def old_zone_kind(row: Row) -> Iterator[Params]:
    """Kinds of zones of the editions before 2017, or in other letters."""
    value = row["TYPEZONE"]
    zone = zone_of(value)
    if zone and zone != value:
        yield {"value": value, "zone": zone}


@rule(
    "code-mal-forme",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("“%(name)s” must be two digits: %(value)s."),
    "ATTRIBUTE_INVALID_REGEXP",
)
def malformed_code(row: Row) -> Iterator[Params]:
    """TYPEPSC and TYPEINF."""
    for name in ("TYPEPSC", "TYPEINF"):
        if row[name] and not CODE.fullmatch(row[name]):
            yield {"name": name, "value": row[name][:20]}


@rule(
    "code-inconnu",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("“%(name)s” has a code that the standard does not list: %(value)s."),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def unknown_code(row: Row) -> Iterator[Params]:
    """Codes of prescriptions and of information, of the rules of a risk plan."""
    lists = {"TYPEPSC": standard.PRESCRIPTION_KINDS, "TYPEINF": standard.INFORMATION_KINDS}
    for name, codes in lists.items():
        if CODE.fullmatch(row[name]) and row[name] not in codes:
            yield {"name": name, "value": row[name]}


@rule(
    "sous-code-mal-forme",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("“%(name)s” must be two digits (%(value)s): it is left out."),
    "ATTRIBUTE_INVALID_REGEXP",
)
def malformed_subcode(row: Row) -> Iterator[Params]:
    """STYPEPSC, STYPEINF and TYPEREGLEMENT."""
    for name in ("STYPEPSC", "STYPEINF", "TYPEREGLEMENT"):
        if row[name] and not CODE.fullmatch(row[name]):
            yield {"name": name, "value": row[name][:20]}


@rule(
    "sous-code-inconnu",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("“%(name)s” %(value)s is no sub-code that the standard lists for the code %(kind)s; it is kept."),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def unknown_subcode(row: Row) -> Iterator[Params]:
    """STYPEPSC and STYPEINF, by their TYPEPSC and TYPEINF that the standard lists; 00 goes with each."""
    lists = {
        "PSC": (standard.PRESCRIPTION_KINDS, standard.PRESCRIPTION_SUBCODES),
        "INF": (standard.INFORMATION_KINDS, standard.INFORMATION_SUBCODES),
    }
    for name, (kinds, subcodes) in lists.items():
        kind, value = row[f"TYPE{name}"], row[f"STYPE{name}"]
        if kind in kinds and CODE.fullmatch(value) and value != "00" and f"{kind}-{value}" not in subcodes:
            yield {"name": f"STYPE{name}", "value": value, "kind": kind}


@rule(
    "piece-introuvable",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("The piece “%(value)s” (%(name)s) is not in the delivery: there is no link to it."),
    "ATTRIBUTE_FILE_NOT_FOUND",
)
def piece_missing(row: Row) -> Iterator[Params]:
    """Whether the pieces that rows name were delivered."""
    for name in ("NOMFIC", "NOMREG", "FICHIER"):
        if row[name] and piece_name(row[name]).lower() not in row.known.documents:
            yield {"name": name, "value": row[name][:120]}


def piece_name(value: str) -> str:
    """The file that a NOMFIC names: without folders, and without the page that may follow (#page=3)."""
    return value.replace("\\", "/").rpartition("/")[2].partition("#")[0].strip()


def page_number(value: str) -> int | None:
    """The page that a NOMFIC or an address names (#page=3); None where it names none."""
    page = PAGE.search(value)
    return int(page[1]) if page else None


@rule(
    "adresse",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("“%(name)s” is no address that begins with http:// or https:// (%(value)s): it is left out."),
    "ATTRIBUTE_INVALID_FORMAT",
)
def bad_address(row: Row) -> Iterator[Params]:
    """Addresses of pieces and sites."""
    for name in ("URLFIC", "URLREG", "SITEWEB", "ADRESSE"):
        if row[name] and not ADDRESS.fullmatch(row[name]):
            yield {"name": name, "value": row[name][:120]}


@rule(
    "insee",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("“%(value)s” is no INSEE code of a commune."),
    "CNIG_INSEE_INVALID",
)
def bad_insee(row: Row) -> Iterator[Params]:
    """INSEE codes of DOC_URBA_COM."""
    if "INSEE" in row.present and row["INSEE"] and not INSEE.fullmatch(row["INSEE"]):
        yield {"value": row["INSEE"][:20]}


# -- geometries --------------------------------------------------------------------------------------------------------


@rule(
    "geometrie-reparee",
    Shape,
    Level.WARNING,
    Effect.NOTHING,
    "%(words)s",
    "ATTRIBUTE_GEOMETRY_INVALID",
)
def repaired(shape: Shape) -> Iterator[Params]:
    """Invalid geometries that a repair makes valid."""
    if shape.problem.code.startswith("repaired_"):
        yield {"words": shape.problem.message}


@rule(
    "geometrie-refusee",
    Shape,
    Level.ERROR,
    Effect.ROW,
    "%(words)s",
    "ATTRIBUTE_GEOMETRY_INVALID",
)
def refused_geometry(shape: Shape) -> Iterator[Params]:
    """Missing geometries, those of another kind, those of which nothing is left."""
    if not shape.problem.code.startswith("repaired_"):
        yield {"words": shape.problem.message}


@rule(
    "hors-de-france",
    Outside,
    Level.ERROR,
    Effect.ROW,
    _("The geometry lies outside metropolitan France (%(x)s, %(y)s)."),
    "ATTRIBUTE_GEOMETRY_INVALID_DATA_EXTENT",
)
def outside_france(outside: Outside) -> Iterator[Params]:
    """Coordinates outside metropolitan France."""
    if outside.france:
        yield {"x": outside.x, "y": outside.y}


@rule(
    "hors-territoire",
    Outside,
    Level.ERROR,
    Effect.ROW,
    _("The object lies outside the member’s territory (%(x)s, %(y)s)."),
    ARPENT,
)
def outside_territory(outside: Outside) -> Iterator[Params]:
    """Easements and risks outside the communes of the member that imports."""
    if not outside.france:
        yield {"x": outside.x, "y": outside.y}


# -- the document ------------------------------------------------------------------------------------------------------


@rule(
    "idurba-forme",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("IDURBA “%(value)s” is not of today’s form, code_kind_YYYYMMDD."),
    "CNIG_IDURBA_INVALID",
)
def idurba_form(header: Header) -> Iterator[Params]:
    """The form of IDURBA (version 2)."""
    if not standard.IDURBA_V2.fullmatch(header.idurba):
        yield {"value": header.idurba[:60]}


@rule(
    "idurba-introuvable",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("No row of DOC_URBA has the code and the date of the folder; %(value)s was taken."),
    "CNIG_IDURBA_NOT_FOUND",
)
def idurba_of_folder(header: Header) -> Iterator[Params]:
    """Whether DOC_URBA describes the document that the folder is named after."""
    if header.rows == 1 and not header.ours:
        yield {"value": header.idurba[:60]}


@rule(
    "idurba-multiple",
    Header,
    Level.ERROR,
    Effect.DELIVERY,
    _("DOC_URBA has %(rows)s rows, and the folder’s name does not say which is meant: name it code_kind_YYYYMMDD."),
    "CNIG_IDURBA_MULTIPLE_FOUND",
)
def several_documents(header: Header) -> Iterator[Params]:
    """Which of several rows of DOC_URBA is meant."""
    if header.rows > 1 and header.ours != 1 and not header.agree:
        yield {"rows": header.rows}


@rule(
    "idurba-repete",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("DOC_URBA has %(rows)s rows that say the same of the document: one of them is used."),
    "CNIG_IDURBA_MULTIPLE_FOUND",
)
def repeated_document(header: Header) -> Iterator[Params]:
    """Whether DOC_URBA repeats the row of the document."""
    if header.rows > 1 and header.ours != 1 and header.agree:
        yield {"rows": header.ours or header.rows}


@rule(
    "code-territoire",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("The code %(code)s of the delivery is not that of the document, by DOC_URBA and DOC_URBA_COM: %(expected)s."),
    "CNIG_IDURBA_UNEXPECTED",
)
def territory_code(header: Header) -> Iterator[Params]:
    """Whether the code of the folder, or of IDURBA, is a commune of DOC_URBA_COM or the SIREN of DOC_URBA."""
    code = header.folder_code
    expected = {header.siren} - {""} if len(code) == 9 else header.communes
    if code and expected and code not in expected:
        yield {"code": code, "expected": ", ".join(sorted(expected)[:10])}


@rule(
    "insee-inconnu",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("These codes of the document are of no commune that Arpent knows: %(communes)s."),
    "CNIG_INSEE_INVALID",
)
def communes_exist(header: Header) -> Iterator[Params]:
    """Whether the communes of the document are in the base."""
    if header.unknown:
        yield {"communes": ", ".join(sorted(header.unknown)[:10])}


@rule(
    "typedoc",
    Header,
    Level.ERROR,
    Effect.DELIVERY,
    _("TYPEDOC “%(value)s” is none of PLU, PLUi, CC, POS, PSMV."),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def document_kind(header: Header) -> Iterator[Params]:
    """The kind of document."""
    if header.kind.upper() not in standard.KINDS:
        yield {"value": header.kind[:20]}


@rule(
    "etat",
    Header,
    Level.ERROR,
    Effect.DELIVERY,
    _("ETAT “%(value)s” is none of 01 to 09: nobody can tell whether the document is in force."),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def document_state(header: Header) -> Iterator[Params]:
    """The state of the document."""
    if header.state not in standard.STATES:
        yield {"value": header.state[:20]}


@rule(
    "nomproc",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("NOMPROC “%(value)s” is none of the procedures of the standard (E, R, A, M1, MS1, MEC1, MAJ1, RS1, RA1…)."),
    "ATTRIBUTE_INVALID_REGEXP",
)
def procedure_known(header: Header) -> Iterator[Params]:
    """The procedure that led to the version."""
    if header.procedure and not standard.PROCEDURES.fullmatch(header.procedure):
        yield {"value": header.procedure[:20]}


@rule(
    "dateappro",
    Header,
    Level.ERROR,
    Effect.DELIVERY,
    _("The document is approved (ETAT %(state)s), and neither DATAPPRO nor IDURBA gives the date of it."),
    "ATTRIBUTE_UNEXPECTED_NULL",
)
def approval_date(header: Header) -> Iterator[Params]:
    """The date of approval, which orders the versions."""
    if header.approved is None and header.state not in standard.NOT_YET:
        yield {"state": header.state}


@rule(
    "dateappro-deduite",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("DATAPPRO is empty or no date (%(value)s): the date of IDURBA was taken."),
    "ATTRIBUTE_INVALID_FORMAT",
)
def approval_deduced(header: Header) -> Iterator[Params]:
    """A date of approval taken from IDURBA."""
    if header.approved and date_of(header.approved_text) is None:
        yield {"value": header.approved_text[:20] or "-"}


@rule(
    "dateappro-idurba",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("DATAPPRO (%(approved)s) is not the date of IDURBA (%(value)s): the version begins on DATAPPRO."),
    ARPENT,
)
def approval_of_idurba(header: Header) -> Iterator[Params]:
    """Whether the date of approval is that of IDURBA."""
    parts = standard.idurba_parts(header.idurba)
    if header.approved and parts and date_of(parts[2]) != header.approved:
        yield {"approved": header.approved, "value": header.idurba[:60]}


@rule(
    "meme-date",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _(
        "Another version was approved on the same day (%(names)s): the one that covers more communes is in force, else "
        "the one delivered last."
    ),
    ARPENT,
)
def versions_of_one_day(header: Header) -> Iterator[Params]:
    """Whether another version of the same communes has the same date of approval."""
    if header.same_day:
        yield {"names": ", ".join(header.same_day[:5])}


@rule(
    "datefin",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _(
        "The document has ended (ETAT %(state)s), but DATEFIN is missing: it counts as in force only until its next "
        "version."
    ),
    "ATTRIBUTE_UNEXPECTED_NULL",
)
def end_date(header: Header) -> Iterator[Params]:
    """The date of the end of a document that has ended."""
    if header.state in standard.ENDED and header.ended is None:
        yield {"state": header.state}


@rule(
    "datefin-avant",
    Header,
    Level.ERROR,
    Effect.DELIVERY,
    _("DATEFIN (%(ended)s) is not after DATAPPRO (%(approved)s)."),
    ARPENT,
)
def dates_in_order(header: Header) -> Iterator[Params]:
    """Whether the document ends after it begins."""
    if header.approved and header.ended and header.ended <= header.approved:
        yield {"ended": header.ended, "approved": header.approved}


@rule(
    "siren",
    Header,
    Level.WARNING,
    Effect.NOTHING,
    _("SIREN “%(value)s” is not nine digits."),
    "CNIG_SIREN_INVALID",
)
def siren_form(header: Header) -> Iterator[Params]:
    """The SIREN of the inter-communal body."""
    if header.siren and not SIREN.fullmatch(header.siren):
        yield {"value": header.siren[:20]}


@rule(
    "communes",
    Header,
    Level.ERROR,
    Effect.DELIVERY,
    _("Nothing says which communes the document is for: DOC_URBA_COM is missing and IDURBA has no INSEE code."),
    "FILE_MISSING_MANDATORY",
)
def communes_known(header: Header) -> Iterator[Params]:
    """The communes of the document."""
    if not header.communes:
        yield {}


@rule(
    "document-hors-territoire",
    Header,
    Level.ERROR,
    Effect.DELIVERY,
    _("The document is for communes that are not of this member’s territory: %(communes)s."),
    ARPENT,
)
def document_outside(header: Header) -> Iterator[Params]:
    """Whether the communes are those of the member that imports."""
    if header.strangers:
        yield {"communes": ", ".join(sorted(header.strangers)[:10])}


# -- easements ---------------------------------------------------------------------------------------------------------


@rule(
    "categorie",
    Row,
    Level.WARNING,
    Effect.NOTHING,
    _("The category “%(value)s” is none of the list of easements."),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def category_known(row: Row) -> Iterator[Params]:
    """The category of an easement."""
    if row["CATEGORIE"] and row["CATEGORIE"].upper() not in {one.upper() for one in standard.CATEGORIES}:
        yield {"value": row["CATEGORIE"][:20]}


KEYS = {"SERVITUDE": "IDSUP", "ACTE_SUP": "IDACTE", "GESTIONNAIRE_SUP": "IDGEST", "PROCEDURE": "CODEPROCEDURE"}


@rule(
    "identifiant-double",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("%(name)s %(value)s is there already: only its first row is used."),
    "ATTRIBUTE_NOT_UNIQUE",
)
def identifier_once(row: Row) -> Iterator[Params]:
    """Identifiers of easements, acts, managers, procedures; a generator may have several geometries."""
    name = KEYS.get(row.table.name)
    if name and row[name] in row.known.ids.get(name, ()):
        yield {"name": name, "value": row[name][:60]}


def remember(row: Row) -> None:
    """Take note of the identifier of a row that came in."""
    name = "IDGEN" if row.table in standard.GENERATORS else KEYS.get(row.table.name)
    if name:
        row.known.ids.setdefault(name, set()).add(row[name])


# Which identifier of which earlier table a row of a table refers to.
REFERENCES = {
    "SERVITUDE_ACTE_SUP": (("IDSUP", "SERVITUDE"), ("IDACTE", "ACTE_SUP")),
    "GENERATEUR_SUP": (("IDSUP", "SERVITUDE"),),
    "ASSIETTE_SUP": (("IDGEN", "GENERATEUR_SUP"),),
}


@rule(
    "reference",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("%(name)s %(value)s is none of the table %(table)s."),
    "ATTRIBUTE_REFERENCE_NOT_FOUND",
)
def reference_known(row: Row) -> Iterator[Params]:
    """Generators of an easement, footprints of a generator, links between acts and easements."""
    base = row.table.name if row.table.letter is None else row.table.name[:-2]
    for name, table in REFERENCES.get(base, ()):
        if row[name] and row[name] not in row.known.ids.get(name, ()):
            yield {"name": name, "value": row[name][:60], "table": table}


@rule(
    "servitude-sans-assiette",
    Easements,
    Level.WARNING,
    Effect.NOTHING,
    _("The easement %(name)s has no footprint: it weighs on no ground."),
    "UNEXPECTED_SUP_ASSIETTE",
)
def without_footprint(easements: Easements) -> Iterator[Params]:
    """Easements without a footprint."""
    yield from ({"name": name[:120]} for name in easements.without_footprint)


@rule(
    "generateur-sans-assiette",
    Easements,
    Level.WARNING,
    Effect.NOTHING,
    _("The generator %(name)s has no footprint."),
    "UNEXPECTED_SUP_ASSIETTE",
)
def generator_without_footprint(easements: Easements) -> Iterator[Params]:
    """Generators that no footprint names."""
    yield from ({"name": name[:120]} for name in easements.generators)


@rule(
    "servitude-sans-acte",
    Easements,
    Level.WARNING,
    Effect.NOTHING,
    _("The easement %(name)s has no act."),
    ARPENT,
)
def without_act(easements: Easements) -> Iterator[Params]:
    """Easements that no act is linked to."""
    yield from ({"name": name[:120]} for name in easements.without_act)


@rule(
    "acte-par-son-nom",
    Easements,
    Level.INFORMATION,
    Effect.NOTHING,
    _("The act %(name)s names no file; the delivered file of its name was taken."),
    ARPENT,
)
def act_by_name(easements: Easements) -> Iterator[Params]:
    """Acts whose file is found by their own name."""
    yield from ({"name": name[:120]} for name in easements.by_name)


@rule(
    "idsup-deja-en-base",
    Easements,
    Level.WARNING,
    Effect.NOTHING,
    _(
        "%(count)s easements of this delivery are in the base already, in %(name)s: they would be shown twice. Deliver "
        "them under that name, or take that import back."
    ),
    ARPENT,
)
def easements_elsewhere(easements: Easements) -> Iterator[Params]:
    """Whether another set holds easements of the same category and IDSUP."""
    yield from ({"name": name, "count": count} for name, count in easements.elsewhere)


# -- risks -------------------------------------------------------------------------------------------------------------


@rule(
    "procedure-autre",
    Row,
    Level.ERROR,
    Effect.ROW,
    _("The row is of the procedure %(found)s, which the table of procedures does not have (%(expected)s)."),
    "ATTRIBUTE_UNEXPECTED_VALUE",
)
def other_procedure(row: Row) -> Iterator[Params]:
    """Whether rows are of a procedure of the delivery."""
    given, codes = row["CODEPROCEDURE"], row.known.ids.get("CODEPROCEDURE", set())
    if given and row.table is not standard.PROCEDURE and given not in codes:
        yield {"found": given[:40], "expected": ", ".join(sorted(codes)[:5])}


@rule(
    "risque-sans-date",
    Risks,
    Level.WARNING,
    Effect.NOTHING,
    _("The plan %(code)s does not say since when it is “%(state)s”: it counts at every date."),
    "ATTRIBUTE_UNEXPECTED_NULL",
)
def undated_plan(plan: Risks) -> Iterator[Params]:
    """The date of the state of a risk plan."""
    if plan.dated is None:
        yield {"code": plan.code, "state": plan.state or "-"}
