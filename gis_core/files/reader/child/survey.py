"""One reading of a layer to tell a person what is in it: fields, geometries, CRS, encoding, sample rows."""

import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from . import crs, reference
from .columns import NULL_TEXTS, convert, plain, trim_and_nullify, trim_text
from .geometry import Bounds
from .rows import printable
from .shapes import FAMILY_OF, NAMES, measures, parse_wkb, reason_of, repair_shape, wkb_codes
from .slices import OTHER, Field, Head, Numbers, Slice, Source, where
from .trouble import Trouble

SAMPLES = 5
# Rows of a slice that they are taken from.
SAMPLED = 1000
SAMPLE_CHARS = 200
SAMPLE_ROWS = 10
EXAMPLES = 20
# Seconds that the validity of one layer may take.
VALIDITY_SECONDS = 15.0
# Beyond this many texts without an answer, a column is text.
GUESSES = ("integer", "number", "date", "datetime", "boolean")
IDENTIFYING = (
    "id",
    "idu",
    "code",
    "insee",
    "identifiant",
    "gid",
    "fid",
    "objectid",
    "numero",
    "reference",
    "nom",
    "name",
)
LEADING_ZERO = r"^[+-]?0[0-9]"
CLOCK = ":"
# Days in a format that has instants alone.
MIDNIGHT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00:00(\.0+)?)?$"
DAYLESS = ("FlatGeobuf",)
NOT_WHOLE = rf"{LEADING_ZERO}|[.,]"
# How every number and every day begins: a sample that does not spares the whole column's conversion.
NUMERIC, SIX_DIGITS = re.compile(r"[+-]?\s*[.,]?\s*[0-9]"), re.compile(r"[0-9](\D*[0-9]){5}")
BEGINNINGS = {"integer": NUMERIC, "number": NUMERIC, "date": SIX_DIGITS, "datetime": SIX_DIGITS}


@dataclass(slots=True)
class Column:
    """What is known of one field so far; `open` are the types that its texts could still have, `days` whether its
    instants could still be days.
    """

    name: str
    type: str
    rows: int = 0
    nulls: int = 0
    longest: int = 0
    whole: bool = True
    days: bool = False
    samples: dict[str, None] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def add(self, values: pa.Array) -> None:
        """Take the values of one slice into account."""
        text = values if pa.types.is_string(values.type) else convert(values, "text").text
        texts = trim_text(text)
        self.rows += len(texts)
        self.whole = self.whole and pa.types.is_integer(values.type)
        self.nulls += texts.null_count
        self.days = self.days and pc.all(pc.match_substring_regex(texts, MIDNIGHT)).as_py() is not False
        self.longest = max(self.longest, pc.max(pc.utf8_length(texts)).as_py() or 0)
        if len(self.samples) < SAMPLES:
            some = pc.unique(texts.slice(0, SAMPLED).drop_null())[:SAMPLES].to_pylist()
            samples = dict.fromkeys([*self.samples, *map(printable_text, some)])
            self.samples = dict.fromkeys(list(samples)[:SAMPLES])
        if self.open and texts.null_count < len(texts):
            likely = [kind for kind in self.open if all(_could_begin(one, kind) for one in self.samples)]
            self.open = [kind for kind in likely if _could_be(trim_and_nullify(text), kind)]

    def as_json(self) -> dict[str, Any]:
        """For the parent."""
        return {
            "name": self.name,
            "type": self.type,
            "guess": self.guess(),
            "null_share": round(self.nulls / self.rows, 4) if self.rows else 1.0,
            "longest": self.longest,
            "samples": list(self.samples),
        }

    def guess(self) -> str:
        """The type that all values have where the file says little: texts, numbers of JSON; else the declared one."""
        if self.nulls == self.rows:
            return self.type
        if self.type == "number" and self.whole:
            return "integer"
        if self.days:
            return "date"
        if self.type != "text":
            return self.type
        return self.open[0] if self.open else "text"


@dataclass(slots=True)
class Geometries:
    """What is known of the geometries of a layer so far; `checked` had their validity looked at."""

    kinds: Counter[str] = field(default_factory=Counter)
    nulls: int = 0
    empty: int = 0
    unreadable: int = 0
    heights: bool = False
    measured: bool = False
    curves: int = 0
    vertices: int = 0
    checked: int = 0
    invalid: Counter[str] = field(default_factory=Counter)
    tried: int = 0
    lost: int = 0
    before: float = 0.0
    after: float = 0.0
    examples: list[list[Any]] = field(default_factory=list)
    boxes: list[Numbers] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, slice_: Slice, identifier: str | None) -> None:
        """Take the geometries of one slice into account."""
        wkb = slice_.wkb
        if wkb is None:
            self.nulls += len(slice_)
            return
        shapes = parse_wkb(wkb.to_numpy(zero_copy_only=False))
        self.curves += slice_.curves
        self.nulls += wkb.null_count
        self.nulls -= len(slice_.refused)
        self.unreadable += int(shapely.is_missing(shapes).sum()) - wkb.null_count + len(slice_.refused)
        empty = shapely.is_empty(shapes)
        self.empty += int(empty.sum())
        shapes[empty] = None
        self._count_kinds(shapes, wkb)
        self.vertices += int(shapely.get_num_coordinates(shapes).sum())
        boxes = shapely.bounds(shapes)
        self.boxes.append(boxes[np.isfinite(boxes).all(axis=1)])
        self._check(shapes, slice_, identifier)

    def bounds(self) -> Bounds | None:
        """Around everything, in the layer's CRS."""
        boxes = self.all_boxes()
        if not len(boxes):
            return None
        west, south = boxes[:, :2].min(axis=0).tolist()
        east, north = boxes[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    def all_boxes(self) -> Numbers:
        """West, south, east, north per geometry."""
        return np.concatenate(self.boxes) if self.boxes else np.zeros((0, 4))

    def as_json(self) -> dict[str, Any]:
        """For the parent."""
        return {
            "nulls": self.nulls,
            "empty": self.empty,
            "unreadable": self.unreadable,
            "heights": self.heights,
            "measured": self.measured,
            "curves": self.curves,
            "checked": self.checked,
            "invalid": dict(self.invalid),
            "tried": self.tried,
            "lost": self.lost,
            "before": round(self.before, 2),
            "after": round(self.after, 2),
            "examples": self.examples,
        }

    def _count_kinds(self, shapes: Numbers, wkb: pa.Array) -> None:
        kinds, counts = np.unique(shapely.get_type_id(shapes), return_counts=True)
        for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True):
            if kind >= 0:
                self.kinds[NAMES.get(kind, str(kind))] += count
        codes = wkb_codes(wkb)[1] // 1000
        self.heights = self.heights or bool(np.isin(codes, (1, 3)).any())
        self.measured = self.measured or bool(np.isin(codes, (2, 3)).any())

    def _check(self, shapes: Numbers, slice_: Slice, identifier: str | None) -> None:
        if self.seconds > VALIDITY_SECONDS:
            return
        began = time.monotonic()
        present = ~shapely.is_missing(shapes)
        self.checked += int(present.sum())
        for row in where(present & ~shapely.is_valid(shapes)):
            reason = reason_of(shapes[row])
            self.invalid[reason] += 1
            if self.seconds + time.monotonic() - began < VALIDITY_SECONDS:
                self._try_repair(shapes[row], reason, int(slice_.ranks[row]), identifier_at(slice_, identifier, row))
        self.seconds += time.monotonic() - began

    def _try_repair(self, shape: Any, reason: str, rank: int, name: str | None) -> None:
        family = FAMILY_OF.get(int(shapely.get_type_id(shape)))
        if family is None or family == "point":
            return
        self.tried += 1
        after = repair_shape(shape, family)  # type: ignore[arg-type]  # one of the families
        if after is None:
            self.lost += 1
            sizes: dict[str, Any] = {"before": 0.0, "after": 0.0, "family": family}
        else:
            sizes = measures(shape, after, family)  # type: ignore[arg-type]
        self.before += sizes["before"]
        self.after += sizes["after"]
        if len(self.examples) < EXAMPLES:
            self.examples.append([rank, name, reason, sizes["before"], sizes["after"], after is None])


def survey_layer(
    source: Source,
    head: Head,
    limits: Mapping[str, int],
    seconds: float,
    rows_enough: int | None = None,
    around: Bounds | None = None,
) -> dict[str, Any]:
    """Everything worth telling of one layer; a long one is read for some time only (`read` of `features` rows).

    `around` are the longitudes and latitudes that its objects likely lie in.
    """
    has_days = source.format not in DAYLESS
    columns = {
        f.name: Column(f.name, f.type, open=_guesses(f, head), days=f.type == "datetime" and not has_days)
        for f in head.fields
    }
    geometries, read, refused, complete = Geometries(), 0, 0, True
    rows: list[dict[str, Any]] = []
    notes: set[str] = set(head.notes)
    first_refused: list[Any] | None = None
    identifier, began = identifying(head), time.monotonic()
    for slice_ in source.slices(head.name):
        for name, values in slice_.columns.items():
            columns[name].add(plain(values))
        if head.has_geometry:
            geometries.add(slice_, identifier)
        rows += sample_rows(slice_, SAMPLE_ROWS - len(rows))
        read, refused = read + len(slice_) + len(slice_.problems), refused + len(slice_.problems)
        first_refused = first_refused or first_problem(slice_)
        check_limits(read, geometries.vertices, limits)
        notes |= {"empty_rows"} if slice_.empty else set()
        if time.monotonic() - began > seconds or (rows_enough is not None and read >= rows_enough):
            complete = False
            break
    features = read if complete or head.features is None else max(head.features, read)
    return {
        **_as_before(head, geometries, columns, features, refused),
        "read": read,
        "complete": complete,
        "has_geometry": head.has_geometry,
        "columns": [column.as_json() for column in columns.values()],
        "identifier": identifier,
        "geometry": geometries.as_json() if head.has_geometry else None,
        "reference": _reference(head, geometries, around),
        "encoding": [head.encoding.value, head.encoding.how, head.encoding.text, head.accented],
        "rows": rows,
        "place": head.place or None,
        "separator": head.separator,
        "header_row": head.header_row,
        "notes": sorted(notes),
        "first_refused": first_refused,
    }


def first_problem(slice_: Slice) -> list[Any] | None:
    """The first row that the source had to leave out, with its reason."""
    return next(([one.index, one.identifier, one.code, one.params] for one in slice_.problems), None)


def _guesses(field_: Field, head: Head) -> list[str]:
    """Types that texts could have: a file that has types of its own may still keep dates as text."""
    if field_.type != "text":
        return []
    return [kind for kind in GUESSES if not head.typed or kind in ("date", "datetime")]


def _as_before(
    head: Head, geometries: Geometries, columns: Mapping[str, Column], features: int, refused: int
) -> dict[str, Any]:
    return {
        "name": head.name,
        "crs": head.crs.value,
        "features": features,
        "refused": refused,
        "without_geometry": geometries.nulls + geometries.empty if head.has_geometry else features,
        "vertices": geometries.vertices,
        "bounds": geometries.bounds(),
        "geometry_types": dict(geometries.kinds),
        "fields": {column.name: [column.guess()] for column in columns.values()},
    }


def _reference(head: Head, geometries: Geometries, around: Bounds | None) -> dict[str, Any]:
    """How the CRS was found, and whether the coordinates agree with it."""
    boxes = geometries.all_boxes()
    epsg = head.crs.value
    answer: dict[str, Any] = {"how": head.crs.how, "text": head.crs.text, "seems": None, "possible": []}
    answer |= {"swapped": False, "elsewhere": False}
    answer["accuracy"] = reference.accuracy(epsg) if epsg and reference.is_known(epsg) else None
    answer["name"] = reference.describe(epsg) if epsg else ""
    if not len(boxes):
        return {**answer, "fits": True, "outside": 0}
    fits = bool(epsg) and reference.is_known(epsg) and reference.fits(boxes, epsg)
    answer["swapped"] = reference.axes_swapped(boxes, epsg)
    answer["elsewhere"] = bool(fits and epsg and reference.lies_elsewhere(boxes, epsg, around))
    if not fits or answer["elsewhere"]:
        answer["possible"] = reference.likely_epsgs(boxes, around)
        answer["seems"] = next(iter(answer["possible"]), None)
    outside = 0 if epsg not in crs.RANGES else int((~_inside(boxes, crs.RANGES[epsg])).sum())
    return {**answer, "fits": fits or not epsg, "outside": outside}


def _inside(boxes: Numbers, outer: Bounds) -> Numbers:
    inside: Numbers = (
        (boxes[:, 0] >= outer[0]) & (boxes[:, 1] >= outer[1]) & (boxes[:, 2] <= outer[2]) & (boxes[:, 3] <= outer[3])
    )
    return inside


def check_limits(read: int, vertices: int, limits: Mapping[str, int]) -> None:
    """Raise Trouble for a layer larger than allowed."""
    if read > limits["features"]:
        raise Trouble("too_many_features", limit=limits["features"])
    if vertices > limits["vertices"]:
        raise Trouble("too_many_vertices", limit=limits["vertices"])


def sample_rows(slice_: Slice, count: int) -> list[dict[str, Any]]:
    """The first rows as text."""
    if count <= 0:
        return []
    texts = {name: convert(values.slice(0, count), "text").text.to_pylist() for name, values in slice_.columns.items()}
    return [
        {name: None if values[row] is None else printable_text(values[row]) for name, values in texts.items()}
        for row in range(min(count, len(slice_)))
    ]


def identifying(head: Head) -> str | None:
    """The field whose value would name a row to a person."""
    names = [f.name for f in head.fields if f.type != OTHER]
    lower = {name.lower(): name for name in reversed(names)}
    return next((lower[name] for name in IDENTIFYING if name in lower), names[0] if names else None)


def identifier_at(slice_: Slice, identifier: str | None, row: int) -> str | None:
    """The identifying value of a row."""
    column = slice_.columns.get(identifier or "")
    value = None if column is None else column[row].as_py()
    return None if value is None else printable(str(value))


def printable_text(text: str) -> str:
    """Short enough to show, and safe to send."""
    return text[:SAMPLE_CHARS].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _could_begin(text: str, kind: str) -> bool:
    """Whether a text that is not null begins as those of the type do."""
    return kind not in BEGINNINGS or text in NULL_TEXTS or BEGINNINGS[kind].match(text) is not None


def _could_be(text: pa.Array, kind: str) -> bool:
    """Whether every value could be of the type; numbers that start with 0 are codes, 0/1 alone are numbers."""
    strange = {"integer": NOT_WHOLE, "number": LEADING_ZERO, "date": CLOCK}.get(kind)
    if strange and pc.any(pc.match_substring_regex(text, strange)).as_py():
        return False
    values = convert(text, kind)
    return not values.bad.any() and values.text.null_count == text.null_count
