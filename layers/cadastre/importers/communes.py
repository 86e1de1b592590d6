"""Communes with their boundary, and the EPCI that they make up: a boundary GeoJSON beside two official JSON lists."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry import MultiPolygon

from gis_core.files.reader import Batch, Feature, RestrictedReader
from layers.cadastre.importers.etalab import INSEE
from layers.intake.delivered import files_in
from layers.intake.report import ImportReport
from layers.intake.rows import FileRefused, Refused, Remark, RowUnusable
from layers.intake.surfaces import Surface, surfaces

BOUNDARIES = "communes*.geojson"
OFFICIAL_LIST = "communes*.cog.json"
EPCI_LIST = "epci*.json"
SIREN = re.compile(r"\d{9}")
CURRENT = "commune-actuelle"
NAME_LENGTH = 100
EPCI_NAME_LENGTH = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneRow:
    """A commune; boundary in EPSG:2154. `current` is False when the official list no longer has it."""

    index: int
    insee: str
    name: str
    siren: str | None
    population: int | None
    current: bool
    geom: MultiPolygon
    repairs: tuple[Remark, ...]

    @property
    def identifier(self) -> str:
        """INSEE code."""
        return self.insee


@dataclass(frozen=True, slots=True, kw_only=True)
class EpciRow:
    """A group of communes; `communes` are the INSEE codes of those whose boundary came in."""

    index: int
    siren: str
    name: str
    kind: str
    communes: tuple[str, ...]

    @property
    def identifier(self) -> str:
        """SIREN."""
        return self.siren


@dataclass(frozen=True, slots=True)
class RowRemark:
    """A remark about one row of a file, or about the file (`index` None)."""

    remark: Remark
    index: int | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class FileRows[Row]:
    """All that one file gave."""

    name: str
    rows: tuple[Row, ...]
    refused: tuple[Refused, ...]
    remarks: tuple[RowRemark, ...]


@dataclass(frozen=True, slots=True)
class CommunesFolder:
    """The three files together; `official` has no rows of its own but may have refusals and remarks."""

    communes: FileRows[CommuneRow]
    official: FileRows["Official"]
    epci: FileRows[EpciRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """A current commune of the official list, with the codes of those merged into it."""

    index: int
    insee: str
    name: str
    siren: str | None
    population: int | None
    former: tuple[str, ...]

    @property
    def identifier(self) -> str:
        """INSEE code."""
        return self.insee


def find_files(paths: Sequence[Path], report: ImportReport) -> tuple[Path, Path, Path]:
    """Boundaries, official list and EPCI list among files and folders; raises FileRefused naming what is missing."""
    files = [file for path in paths for file in (files_in(path, report) if path.is_dir() else [path])]

    def one(pattern: str) -> Path:
        match = next((file for file in files if file.match(pattern)), None)
        if match is None:
            raise FileRefused("missing_source_file", pattern=pattern)
        return match

    return one(BOUNDARIES), one(OFFICIAL_LIST), one(EPCI_LIST)


def read_folder(reader: RestrictedReader, paths: Sequence[Path], report: ImportReport) -> CommunesFolder:
    """Read the three files and bring them together. Raises ReadRefused or FileRefused for a whole file."""
    boundaries, official_list, epci_list = find_files(paths, report)
    official = read_official(reader, official_list)
    communes = read_boundaries(reader, boundaries, official.rows)
    epci = read_epci(reader, epci_list, {row.insee for row in communes.rows})
    return CommunesFolder(communes, official, epci)


def read_official(reader: RestrictedReader, path: Path) -> FileRows[Official]:
    """Current communes of the official geographical code; associated and delegated ones are passed over."""
    rows: list[Official] = []
    refused: list[Refused] = []
    for feature in _readable(reader.records(reader.admit(path)), refused):
        if feature.properties.get("type") != CURRENT:
            continue
        try:
            rows.append(_official(feature))
        except RowUnusable as unusable:
            refused.append(_refuse(feature, unusable.remark))
    return FileRows(path.name, *_once(rows, refused), ())


def read_boundaries(reader: RestrictedReader, path: Path, official: Sequence[Official]) -> FileRows[CommuneRow]:
    """Communes that have a boundary, completed from the official list."""
    known = {row.insee: row for row in official}
    successors = {former: row for row in official for former in row.former}
    rows: list[CommuneRow] = []
    refused: list[Refused] = []
    name = reader.admit(path)
    layer = reader.inspect(name).layers[0]
    for batch in reader.features(name):
        refused += [Refused.by_reader(problem) for problem in batch.problems]
        for feature, surface in zip(batch.features, surfaces(batch.features, layer.crs or 4326), strict=True):
            try:
                rows.append(_commune(feature, surface, known))
            except RowUnusable as unusable:
                refused.append(_refuse(feature, unusable.remark))
    kept, left_out = _once(rows, refused)
    return FileRows(path.name, kept, left_out, tuple(_remarks_of_communes(kept, known, successors)))


def read_epci(reader: RestrictedReader, path: Path, with_boundary: set[str]) -> FileRows[EpciRow]:
    """EPCI of the official list with their members among the communes that came in."""
    rows: list[EpciRow] = []
    refused: list[Refused] = []
    remarks: list[RowRemark] = []
    for feature in _readable(reader.records(reader.admit(path)), refused):
        try:
            rows.append(_epci(feature, with_boundary, remarks))
        except RowUnusable as unusable:
            refused.append(_refuse(feature, unusable.remark))
    return FileRows(path.name, *_once(rows, refused), tuple(remarks))


def _official(feature: Feature) -> Official:
    properties = feature.properties
    former = properties.get("anciensCodes") or []
    return Official(
        index=feature.index,
        insee=_matching(properties, "code", INSEE),
        name=_name(properties, NAME_LENGTH),
        siren=_matching(properties, "siren", SIREN) if properties.get("siren") else None,
        population=_count(properties, "population"),
        former=tuple(code for code in former if isinstance(code, str)) if isinstance(former, list) else (),
    )


def _commune(feature: Feature, surface: Surface | Remark, known: Mapping[str, Official]) -> CommuneRow:
    if isinstance(surface, Remark):
        raise RowUnusable(surface.code, **surface.params)
    insee, name = _matching(feature.properties, "code", INSEE), _name(feature.properties, NAME_LENGTH)
    official = known.get(insee)
    return CommuneRow(
        index=feature.index,
        insee=insee,
        name=official.name if official else name,
        siren=official.siren if official else None,
        population=official.population if official else None,
        current=official is not None,
        geom=surface.geom,
        repairs=surface.repairs,
    )


def _epci(feature: Feature, with_boundary: set[str], remarks: list[RowRemark]) -> EpciRow:
    properties = feature.properties
    siren, name = _matching(properties, "code", SIREN), _name(properties, EPCI_NAME_LENGTH)
    members = properties.get("membres")
    if not isinstance(members, list) or not members:
        raise RowUnusable("missing_value", name="membres")
    codes = [_matching(member if isinstance(member, dict) else {}, "code", INSEE) for member in members]
    for code in codes:
        if code not in with_boundary:
            remark = Remark("member_elsewhere", {"insee": code, "epci": name})
            remarks.append(RowRemark(remark, feature.index, siren))
    kept = tuple(dict.fromkeys(code for code in codes if code in with_boundary))
    return EpciRow(index=feature.index, siren=siren, name=name, kind=str(properties.get("type") or ""), communes=kept)


def _remarks_of_communes(
    rows: Sequence[CommuneRow], known: Mapping[str, Official], successors: Mapping[str, Official]
) -> Iterator[RowRemark]:
    for row in rows:
        if row.current:
            continue
        successor = successors.get(row.insee)
        params = {"name": row.name, "insee": row.insee}
        into = {"into": f"{successor.name} ({successor.insee})"} if successor else {}
        yield RowRemark(
            Remark("merged_commune" if successor else "unknown_commune", params | into), row.index, row.insee
        )
    drawn = {row.insee for row in rows}
    for official in known.values():
        if official.insee not in drawn:
            params = {"name": official.name, "insee": official.insee}
            yield RowRemark(Remark("commune_without_boundary", params), None, official.insee)


def _readable(batches: Iterator[Batch], refused: list[Refused]) -> Iterator[Feature]:
    for batch in batches:
        refused += [Refused.by_reader(problem) for problem in batch.problems]
        yield from batch.features


def _once[Row: (Official, CommuneRow, EpciRow)](
    rows: Sequence[Row], refused: Sequence[Refused]
) -> tuple[tuple[Row, ...], tuple[Refused, ...]]:
    """The first row of each identifier, and all refusals in file order."""
    kept: dict[str, Row] = {}
    left_out = list(refused)
    for row in rows:
        first = kept.setdefault(row.identifier, row)
        if first is not row:
            params = {"identifier": row.identifier, "first": first.index}
            left_out.append(Refused(row.index, row.identifier, "duplicate_identifier", params))
    return tuple(kept.values()), tuple(sorted(left_out, key=lambda one: one.index))


def _refuse(feature: Feature, remark: Remark) -> Refused:
    return Refused(feature.index, feature.identifier, remark.code, remark.params)


def _matching(properties: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = properties.get(name)
    if value is None or value == "":
        raise RowUnusable("missing_value", name=name)
    if not isinstance(value, str) or not pattern.fullmatch(value) or not value.isascii():
        raise RowUnusable("bad_value", name=name, value=str(value)[:60])
    return value


def _name(properties: Mapping[str, Any], length: int) -> str:
    value = properties.get("nom")
    if value is None or value == "":
        raise RowUnusable("missing_value", name="nom")
    if not isinstance(value, str) or len(value) > length:
        raise RowUnusable("bad_value", name="nom", value=str(value)[:60])
    return value


def _count(properties: Mapping[str, Any], name: str) -> int | None:
    value = properties.get(name)
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise RowUnusable("bad_value", name=name, value=str(value)[:60])
    return value
