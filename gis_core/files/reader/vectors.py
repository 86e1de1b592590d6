"""Vector files as the restricted reader tells of them, and what it is asked to copy out of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from gis_core.files.reader.problems import Problem
from gis_core.files.reader.rasters import Pixels

type FieldType = Literal["text", "integer", "number", "boolean", "date", "datetime"]
type Family = Literal["point", "line", "polygon"]
type Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person says of a file in place of the reader's guess; None: guess.

    `encoding` is a Python codec for texts without one of their own (.dbf, MapInfo, CSV). A layer without geometry gets
    one from the fields `x` and `y` (the same field for “latitude, longitude”), or from the WKT or GeoJSON in `wkt`.
    With `ended` the last line of a text must have an end, as of a file that takes the place of another: it may be cut.
    With `mend` a row of a text that has fewer cells than the header, or more that are empty, is one of its width.
    """

    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None
    x: str | None = None
    y: str | None = None
    wkt: str | None = None
    ended: bool | None = None
    mend: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what was said."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field. `type` as declared, `guess` what all of its values are ("other": not read); samples as text."""

    name: str
    type: str
    guess: str
    null_share: float
    longest: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """How the CRS was found: code, name, projection (known by what it does), default, none, unknown, unreadable.

    `text` is what the file writes, `name` the official name. When the coordinates contradict the code (`fits` is
    False), `seems` is the EPSG code that they look like, `swapped` whether latitude comes first. `outside` counts
    geometries that cannot be in the system; `accuracy` is in metres on the way to EPSG:2154.
    """

    how: str
    text: str
    name: str
    fits: bool
    seems: int | None
    swapped: bool
    outside: int
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Encoding:
    """The codec of the texts and how it was found: format, declared, code_page, utf8, guessed, contradicted, said.

    `accented` are texts that tell a person whether it is right.
    """

    name: str | None
    how: str
    text: str
    accented: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """An invalid geometry and what its repair does: m² (or m for lines) before and after; lost when nothing is left."""

    index: int
    identifier: str | None
    reason: str
    before: float
    after: float
    lost: bool


@dataclass(frozen=True, slots=True)
class GeometryInfo:
    """Counts of the geometries read; `checked` of them had their validity looked at, `invalid` counts by reason.

    `curves` were drawn with arcs, which become lines of short segments.

    The repair of `tried` of these was tried (time is limited): `before` and `after` are their sizes, nothing is left
    of `lost`.
    """

    nulls: int
    empty: int
    unreadable: int
    heights: bool
    measured: bool
    curves: int
    checked: int
    invalid: Mapping[str, int]
    tried: int
    lost: int
    before: float
    after: float
    examples: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The fields that a layer's geometry is made of, for a Reading to confirm or to change."""

    x: str | None
    y: str | None
    wkt: str | None


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One layer of a file; `crs` is an EPSG code or None, `bounds` are in that CRS, `vertices` None if not counted.

    What follows `fields` is known only of a file that was inspected with a Reading. `name` is what `copy` takes;
    `read` rows of `features` were looked at, all of them when `complete`.
    """

    name: str | None
    crs: int | None
    features: int
    refused: int
    without_geometry: int
    vertices: int | None
    bounds: Bounds | None
    geometry_types: Mapping[str, int]
    fields: Mapping[str, tuple[str, ...]]
    read: int = 0
    complete: bool = True
    has_geometry: bool = True
    columns: tuple[FieldInfo, ...] = ()
    identifier: str | None = None
    geometry: GeometryInfo | None = None
    reference: Reference | None = None
    encoding: Encoding | None = None
    rows: tuple[Mapping[str, str | None], ...] = ()
    place: Place | None = None
    separator: str | None = None
    header_row: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a file is; `notes` are codes of harmless oddities (utf8_bom).

    `unread` are the layers of a file, and the files of an archive, that cannot be read when others can. `file` is the
    name of the file that was asked for, as it was admitted.
    """

    format: str
    layers: tuple[LayerInfo, ...]
    notes: tuple[str, ...]
    unread: tuple[tuple[str, Problem], ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column to fill from a field of the file."""

    source: str
    type: FieldType


@dataclass(frozen=True, slots=True)
class GeometryColumn:
    """The geometry column to fill, always in EPSG:2154; `epsg` is that of the file's coordinates.

    `invalid`: repair, refuse, or keep as they are.
    """

    family: Family
    multi: bool
    epsg: int
    dimension: Literal[2, 3] = 2
    invalid: Literal["repair", "refuse", "keep"] = "repair"
    required: bool = True


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What to copy of a layer: its columns in the order of the table, and its geometry (None: a table without).

    `identifier` is the field that names a refused row to a person; `constants` end every line, after the geometry.
    """

    columns: tuple[Column, ...]
    geometry: GeometryColumn | None
    reading: Reading = field(default_factory=Reading)
    identifier: str | None = None
    constants: tuple[int | None, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the child."""
        geometry = self.geometry
        wanted = geometry and {
            "family": geometry.family,
            "multi": geometry.multi,
            "dimension": geometry.dimension,
            "epsg": geometry.epsg,
            "invalid": geometry.invalid,
        }
        return {
            "columns": [[column.source, column.type] for column in self.columns],
            "geometry": wanted,
            "required_geometry": bool(geometry and geometry.required),
            "reading": self.reading.to_json(),
            "identifier": self.identifier,
            "constants": list(self.constants),
        }


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines ready for COPY FROM STDIN: rank of the row in the file, columns of the plan, hexadecimal EWKB, constants.

    `rows` is their number, `last` the rank of the last row looked at. `problems` are the rows left out, `repairs` those
    whose geometry was repaired (codes repaired_polygon and repaired_line, params before, after, reason).
    """

    lines: memoryview
    rows: int
    last: int
    problems: tuple[Problem, ...]
    repairs: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: `index` from 1 in file order, `wkb` in the layer's CRS or None without geometry."""

    index: int
    identifier: str | None
    properties: Mapping[str, Any]
    wkb: bytes | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Features and refused features of one stretch of the file, each in file order."""

    features: tuple[Feature, ...]
    problems: tuple[Problem, ...]


def parse_file(answer: Mapping[str, Any]) -> FileInfo:
    """What the child says of a file, distrusted."""
    info = answer["info"]
    return FileInfo(
        format=str(info["format"]),
        layers=tuple(_layer(layer) for layer in info["layers"]),
        notes=tuple(map(str, info["notes"])),
        unread=tuple((str(name), Problem(str(code), dict(params))) for name, code, params in info.get("unread", ())),
    )


def layers_of_part(label: str, info: FileInfo) -> tuple[LayerInfo, ...]:
    """The layers of a file of an archive, under names that `copy` takes: its path, and the layer if it has several."""
    if len(info.layers) == 1:
        return (replace(info.layers[0], name=label),)
    return tuple(replace(layer, name=f"{label}/{layer.name}") for layer in info.layers)


def parse_chunk(answer: Mapping[str, Any], blob: Pixels) -> Chunk:
    """One frame of a copy; what its lines say is for PostgreSQL to check."""
    return Chunk(
        lines=blob.data,
        rows=int(answer["rows"]),
        last=int(answer["rank"]),
        problems=tuple(parse_problem(*entry) for entry in answer["problems"]),
        repairs=tuple(parse_problem(*entry) for entry in answer["repairs"]),
    )


def parse_batch(answer: Mapping[str, Any], blob: bytes) -> Batch:
    """One frame of features."""
    features, start = [], 0
    for index, identifier, properties, size in answer["rows"]:
        if not isinstance(properties, dict) or not isinstance(size, int) or size > len(blob) - start:
            raise ValueError("row makes no sense")
        wkb = None if size < 0 else blob[start : start + size]
        start += max(size, 0)
        features.append(Feature(int(index), _text_or_none(identifier), properties, wkb))
    if start != len(blob):
        raise ValueError("bytes left over")
    return Batch(tuple(features), tuple(parse_problem(*entry) for entry in answer["problems"]))


def parse_problem(index: Any, identifier: Any, code: Any, params: Any) -> Problem:
    """One refused or repaired row."""
    return Problem(str(code), dict(params), int(index), _text_or_none(identifier))


def _layer(layer: Mapping[str, Any]) -> LayerInfo:
    return LayerInfo(
        name=_text_or_none(layer["name"]),
        crs=_whole_or_none(layer["crs"]),
        features=int(layer["features"]),
        refused=int(layer["refused"]),
        without_geometry=int(layer["without_geometry"]),
        vertices=_whole_or_none(layer["vertices"]),
        bounds=_bounds(layer["bounds"]),
        geometry_types={str(kind): int(count) for kind, count in layer["geometry_types"].items()},
        fields={str(name): tuple(map(str, kinds)) for name, kinds in layer["fields"].items()},
        **(_survey(layer) if "columns" in layer else {}),
    )


def _survey(layer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "read": int(layer["read"]),
        "complete": bool(layer["complete"]),
        "has_geometry": bool(layer["has_geometry"]),
        "columns": tuple(map(_field, layer["columns"])),
        "identifier": _text_or_none(layer["identifier"]),
        "geometry": None if layer["geometry"] is None else _geometry(layer["geometry"]),
        "reference": _reference(layer["reference"]),
        "encoding": _encoding(*layer["encoding"]),
        "rows": tuple({str(name): _text_or_none(value) for name, value in row.items()} for row in layer["rows"]),
        "place": None if layer["place"] is None else Place(*map(_text_or_none, layer["place"])),
        "separator": _text_or_none(layer["separator"]),
        "header_row": _whole_or_none(layer["header_row"]),
        "notes": tuple(map(str, layer["notes"])),
    }


def _field(answer: Mapping[str, Any]) -> FieldInfo:
    return FieldInfo(
        name=str(answer["name"]),
        type=str(answer["type"]),
        guess=str(answer["guess"]),
        null_share=float(answer["null_share"]),
        longest=int(answer["longest"]),
        samples=tuple(map(str, answer["samples"])),
    )


def _geometry(answer: Mapping[str, Any]) -> GeometryInfo:
    return GeometryInfo(
        nulls=int(answer["nulls"]),
        empty=int(answer["empty"]),
        unreadable=int(answer["unreadable"]),
        heights=bool(answer["heights"]),
        measured=bool(answer["measured"]),
        curves=int(answer["curves"]),
        checked=int(answer["checked"]),
        invalid={str(reason): int(count) for reason, count in answer["invalid"].items()},
        tried=int(answer["tried"]),
        lost=int(answer["lost"]),
        before=float(answer["before"]),
        after=float(answer["after"]),
        examples=tuple(_repair(*example) for example in answer["examples"]),
    )


def _repair(index: Any, identifier: Any, reason: Any, before: Any, after: Any, lost: Any) -> Repair:
    return Repair(int(index), _text_or_none(identifier), str(reason), float(before), float(after), bool(lost))


def _reference(answer: Mapping[str, Any]) -> Reference:
    return Reference(
        how=str(answer["how"]),
        text=str(answer["text"]),
        name=str(answer["name"]),
        fits=bool(answer["fits"]),
        seems=_whole_or_none(answer["seems"]),
        swapped=bool(answer["swapped"]),
        outside=int(answer["outside"]),
        accuracy=None if answer["accuracy"] is None else float(answer["accuracy"]),
    )


def _encoding(name: Any, how: Any, text: Any, accented: Any) -> Encoding:
    return Encoding(_text_or_none(name), str(how), str(text), tuple(map(str, accented)))


def _bounds(bounds: Any) -> Bounds | None:
    return None if bounds is None else (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))


def _whole_or_none(value: Any) -> int | None:
    return None if value is None else int(value)


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)
