"""The cadastre as Etalab publishes it: GeoJSON of communes, sections, parcels or buildings, one kind per file."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from shapely.geometry import MultiPolygon

from gis_core.files.reader import Batch, Feature, LayerInfo, RestrictedReader
from layers.intake.rows import FileRefused, Refused, Remark, RowUnusable, date_or_remark
from layers.intake.surfaces import Surface, surfaces

INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
PREFIX = re.compile(r"\d{3}")
SECTION = re.compile(r"[0-9A-Z]{1,2}")
NUMBER = re.compile(r"\d{1,4}")
BUILDING_KIND = re.compile(r"0[12]")
NAME_LENGTH = 120
COMMUNE_NAME_LENGTH = 100
AREA_LIMIT_M2 = 2_000_000_000


class Kind(StrEnum):
    """What one file holds."""

    COMMUNES = "communes"
    SECTIONS = "sections"
    PARCELS = "parcels"
    BUILDINGS = "buildings"
    UNKNOWN = "unknown"


# The most telling properties first: a parcel has those of a section's commune, a sheet those of a parcel.
SIGNATURES: tuple[tuple[frozenset[str], Kind | str], ...] = (
    (frozenset({"qualite", "echelle"}), "feuilles"),
    (frozenset({"parcelle", "lettre"}), "subdivisions_fiscales"),
    (frozenset({"ancienne", "prefixe"}), "prefixes_sections"),
    (frozenset({"id", "commune", "prefixe", "section", "numero"}), Kind.PARCELS),
    (frozenset({"id", "commune", "prefixe", "code"}), Kind.SECTIONS),
    (frozenset({"type", "commune"}), Kind.BUILDINGS),
    (frozenset({"commune", "nom"}), "lieux_dits"),
    (frozenset({"id", "nom"}), Kind.COMMUNES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """What the rows of all kinds share: place in the file (from 1), surface in EPSG:2154, dates, repairs."""

    index: int
    geom: MultiPolygon
    created_date: date | None
    updated_date: date | None
    repairs: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneRow(ReadRow):
    """The outline of a commune in the cadastre."""

    insee: str
    name: str

    @property
    def identifier(self) -> str:
        """INSEE code."""
        return self.insee


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRow(ReadRow):
    """A cadastral section; `idu` is INSEE (5) + prefix (3) + code (2)."""

    idu: str
    insee: str
    prefix: str
    code: str

    @property
    def identifier(self) -> str:
        """The 10-character identifier."""
        return self.idu


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRow(ReadRow):
    """A parcel; `idu` is INSEE (5) + prefix (3) + section (2) + number (4), `area_m2` the contenance."""

    idu: str
    insee: str
    prefix: str
    section: str
    number: str
    area_m2: int | None
    surveyed: bool | None

    @property
    def identifier(self) -> str:
        """The 14-character identifier."""
        return self.idu

    @property
    def label(self) -> str:
        """What people say: section and number without their zeros ("AB 121")."""
        return f"{self.section.lstrip('0')} {self.number.lstrip('0') or '0'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingRow(ReadRow):
    """A building; `kind` is 01 (solid) or 02 (light). Etalab gives it no identifier."""

    insee: str
    kind: str
    name: str

    @property
    def identifier(self) -> None:
        """None: buildings have none."""
        return


type Row = CommuneRow | SectionRow | ParcelRow | BuildingRow


@dataclass(frozen=True, slots=True)
class EtalabFile:
    """An open file: its kind, how many features it announces, and its rows, to be taken once and in order."""

    kind: Kind
    features: int
    notes: tuple[Remark, ...]
    rows: Iterator[Row | Refused]


def open_etalab(reader: RestrictedReader, path: Path) -> EtalabFile:
    """Open one file of the family.

    Raises ReadRefused when it cannot be read and FileRefused when it is something else.
    """
    name = reader.admit(path)
    info = reader.inspect(name)
    layer = info.layers[0]
    kind = Kind.UNKNOWN if layer.refused == layer.features and not layer.fields else kind_of(layer)
    notes = tuple(Remark(note) for note in info.notes)
    return EtalabFile(kind, layer.features, notes, _rows(reader.features(name), kind, layer.crs or 4326))


def kind_of(layer: LayerInfo) -> Kind:
    """The kind of a file from the properties of its features."""
    fields = set(layer.fields)
    match = next((kind for signature, kind in SIGNATURES if signature <= fields), None)
    if match is None and not fields:
        raise FileRefused("no_properties")
    if match is None:
        raise FileRefused("not_etalab", found=", ".join(sorted(fields)[:12]))
    if not isinstance(match, Kind):
        raise FileRefused("etalab_not_used", kind=match)
    return match


def _rows(batches: Iterator[Batch], kind: Kind, epsg: int) -> Iterator[Row | Refused]:
    first_of: dict[str, int] = {}
    for batch in batches:
        made: list[Row | Refused] = [Refused.by_reader(problem) for problem in batch.problems]
        pairs = zip(batch.features, surfaces(batch.features, epsg), strict=True)
        made += [_row(feature, surface, kind) for feature, surface in pairs]
        for row in sorted(made, key=lambda row: row.index):
            yield _unless_duplicate(row, first_of)


def _row(feature: Feature, surface: Surface | Remark, kind: Kind) -> Row | Refused:
    try:
        if isinstance(surface, Remark):
            raise RowUnusable(surface.code, **surface.params)
        return PARSERS[kind](feature, surface)
    except RowUnusable as unusable:
        return Refused(feature.index, feature.identifier, unusable.remark.code, unusable.remark.params)


def _unless_duplicate(row: Row | Refused, first_of: dict[str, int]) -> Row | Refused:
    if isinstance(row, Refused) or row.identifier is None:
        return row
    first = first_of.setdefault(row.identifier, row.index)
    if first == row.index:
        return row
    params = {"identifier": row.identifier, "first": first}
    return Refused(row.index, row.identifier, "duplicate_identifier", params)


def _commune(feature: Feature, surface: Surface) -> CommuneRow:
    properties = feature.properties
    name = _text(properties, "nom", COMMUNE_NAME_LENGTH)
    if not name:
        raise RowUnusable("missing_value", name="nom")
    return CommuneRow(insee=_code(properties, "id", INSEE), name=name, **_common_values(feature, surface))


def _section(feature: Feature, surface: Surface) -> SectionRow:
    properties = feature.properties
    insee, prefix = _code(properties, "commune", INSEE), _code(properties, "prefixe", PREFIX)
    code = _code(properties, "code", SECTION).zfill(2)
    idu = _check_identifier(feature, f"{insee}{prefix}{code}")
    return SectionRow(idu=idu, insee=insee, prefix=prefix, code=code, **_common_values(feature, surface))


def _parcel(feature: Feature, surface: Surface) -> ParcelRow:
    properties = feature.properties
    insee, prefix = _code(properties, "commune", INSEE), _code(properties, "prefixe", PREFIX)
    section = _code(properties, "section", SECTION).zfill(2)
    number = _code(properties, "numero", NUMBER).zfill(4)
    return ParcelRow(
        idu=_check_identifier(feature, f"{insee}{prefix}{section}{number}"),
        insee=insee,
        prefix=prefix,
        section=section,
        number=number,
        area_m2=_area(properties.get("contenance")),
        surveyed=_flag(properties.get("arpente")),
        **_common_values(feature, surface),
    )


def _building(feature: Feature, surface: Surface) -> BuildingRow:
    properties = feature.properties
    return BuildingRow(
        insee=_code(properties, "commune", INSEE),
        kind=_code(properties, "type", BUILDING_KIND),
        name=_text(properties, "nom", NAME_LENGTH),
        **_common_values(feature, surface),
    )


def _unknown(feature: Feature, surface: Surface) -> Row:
    raise RowUnusable("missing_value", name="id")


PARSERS: Mapping[Kind, Callable[[Feature, Surface], Row]] = {
    Kind.COMMUNES: _commune,
    Kind.SECTIONS: _section,
    Kind.PARCELS: _parcel,
    Kind.BUILDINGS: _building,
    Kind.UNKNOWN: _unknown,
}


def _common_values(feature: Feature, surface: Surface) -> dict[str, Any]:
    remarks = list(surface.repairs)
    created = date_or_remark(feature.properties.get("created"), "created", remarks)
    updated = date_or_remark(feature.properties.get("updated"), "updated", remarks)
    return {
        "index": feature.index,
        "geom": surface.geom,
        "created_date": created,
        "updated_date": updated,
        "repairs": tuple(remarks),
    }


def _code(properties: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = properties.get(name)
    if value is None or value == "":
        raise RowUnusable("missing_value", name=name)
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not pattern.fullmatch(text) or not text.isascii():
        raise RowUnusable("bad_value", name=name, value=str(value)[:60])
    return text


def _text(properties: Mapping[str, Any], name: str, length: int) -> str:
    value = properties.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value.strip()) > length:
        raise RowUnusable("bad_value", name=name, value=str(value)[:60])
    return value.strip()


def _check_identifier(feature: Feature, expected: str) -> str:
    """The identifier that the other properties make, when the feature's own say the same."""
    if feature.properties.get("id") in (None, ""):
        raise RowUnusable("missing_value", name="id")
    for given in (feature.properties["id"], feature.identifier):
        if given != expected:
            raise RowUnusable("inconsistent_identifier", found=str(given)[:60], expected=expected)
    return expected


def _area(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise RowUnusable("bad_value", name="contenance", value=str(value)[:60])
    if not 0 <= value <= AREA_LIMIT_M2:
        raise RowUnusable("bad_value", name="contenance", value=str(value)[:60])
    return int(value)


def _flag(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise RowUnusable("bad_value", name="arpente", value=str(value)[:60])
