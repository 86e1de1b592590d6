"""Geometries on their way to COPY: checked, reprojected to EPSG:2154, repaired, as hexadecimal EWKB; all in batches."""

import binascii
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import Transformer

from . import crs, reference
from .slices import Numbers, where
from .trouble import Trouble

TARGET = 2154
FAMILIES = {"point": (0, 4), "line": (1, 5), "polygon": (3, 6)}
FAMILY_OF = {kind: family for family, kinds in FAMILIES.items() for kind in kinds} | {2: "line"}
NAMES = {
    0: "Point",
    1: "LineString",
    2: "LinearRing",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}
COLLECTION = 7
WKB_CODES = {"point": (1, 4), "line": (2, 5), "polygon": (3, 6)}
Z_CODE = 1000
SRID_FLAG = 0x2000_0000
HEAD_BYTES = 5
GEOMETRY_BYTES = 64 * 1024 * 1024
# Arrow wants an end for a slice.
LONGEST = 2**31 - 1

type Family = Literal["point", "line", "polygon"]
type Invalid = Literal["repair", "refuse", "keep"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The geometry column to fill; `epsg` is that of the file's coordinates, longitude or x first."""

    family: Family
    multi: bool
    dimension: int
    epsg: int
    invalid: Invalid

    @property
    def codes(self) -> tuple[int, ...]:
        """WKB codes that can be passed on as they are, single first; a multi-geometry may need unwrapping."""
        codes = WKB_CODES[self.family] if self.multi else WKB_CODES[self.family][:1]
        return tuple(code + (Z_CODE if self.dimension == 3 else 0) for code in codes)


@dataclass(slots=True)
class Shaped:
    """Hexadecimal EWKB per row (null: none), and by row what was refused and what was repaired."""

    text: pa.Array
    refused: dict[int, Trouble] = field(default_factory=dict)
    repaired: dict[int, Trouble] = field(default_factory=dict)
    vertices: int = 0


class Shaper:
    """Turns the WKB of many rows into what the wanted column takes."""

    def __init__(self, wanted: Wanted) -> None:
        if not reference.is_known(wanted.epsg):
            raise Trouble("unsupported_crs", name=f"EPSG:{wanted.epsg}")
        self._wanted = wanted

    def shape(self, wkb: pa.Array) -> Shaped:
        """Row by row, what the column takes or why not."""
        values = wkb.to_numpy(zero_copy_only=False)
        batch = _Batch(self._wanted, values, parse_wkb(values), _is_plain(wkb, self._wanted.codes))
        batch.check_readable()
        batch.unpack_collections()
        batch.check_family()
        batch.set_dimension()
        batch.reproject()
        batch.check_place()
        batch.split_multis()
        batch.check_validity()
        return Shaped(batch.text(wkb), batch.refused, batch.repaired, batch.vertices)


def parse_wkb(values: Numbers) -> Numbers:
    """Geometries of WKB, None where there is none or where it cannot be read."""
    try:
        shapes: Numbers = shapely.from_wkb(values, on_invalid="ignore")
    except (NotImplementedError, TypeError):
        shapes = np.array([*map(_parse_alone, values), None], object)[:-1]
    return shapes


def _parse_alone(value: bytes | None) -> Any:
    """One of a batch in which something is no geometry that GEOS knows."""
    try:
        return shapely.from_wkb(value, on_invalid="ignore")
    except (NotImplementedError, TypeError):
        return None


@dataclass(slots=True)
class _Batch:
    """The rows of one slice while they are being shaped; `plain` are those whose WKB can be passed on unchanged."""

    wanted: Wanted
    values: Numbers
    shapes: Numbers
    plain: Numbers
    refused: dict[int, Trouble] = field(default_factory=dict)
    repaired: dict[int, Trouble] = field(default_factory=dict)
    vertices: int = 0

    def check_readable(self) -> None:
        """Refuse WKB that is none; empty geometries become none."""
        absent = shapely.is_missing(self.shapes)
        present = np.array([value is not None for value in self.values], bool)
        for row in where(absent & present):
            self._refuse(row, Trouble("unreadable_geometry"))
        for row in where(shapely.is_empty(self.shapes)):
            self._drop(row)
        counts = shapely.get_num_coordinates(self.shapes)
        self.vertices = int(counts.sum())
        for row in where(counts > GEOMETRY_BYTES // 16):
            self._refuse(row, Trouble("geometry_too_large", found=int(counts[row])))

    def unpack_collections(self) -> None:
        """A collection of one family stands for its parts."""
        for row in where(shapely.get_type_id(self.shapes) == COLLECTION):
            parts = _flat_parts(self.shapes[row])
            wanted = FAMILIES[self.wanted.family]
            if all(shapely.get_type_id(part) in wanted for part in parts):
                self._replace(row, join_shapes(parts, self.wanted.family))

    def check_family(self) -> None:
        """Refuse points where surfaces are wanted, and the like."""
        kinds = shapely.get_type_id(self.shapes)
        wrong = ~np.isin(kinds, (*FAMILIES[self.wanted.family], -1))
        for row in where(wrong):
            kind = NAMES.get(int(kinds[row]), str(kinds[row]))
            self._refuse(row, Trouble("other_family", found=kind, wanted=self.wanted.family))

    def set_dimension(self) -> None:
        """Heights dropped, or 0 where one is missing; measures are always dropped."""
        force = shapely.force_2d if self.wanted.dimension == 2 else _with_heights
        if self.wanted.dimension == 3:
            self.plain &= ~_lacks_heights(self.shapes)
        wrong = ~self.plain & ~shapely.is_missing(self.shapes)
        if wrong.any():
            self.shapes[wrong] = force(self.shapes[wrong])

    def reproject(self) -> None:
        """To EPSG:2154."""
        if self.wanted.epsg == TARGET:
            return
        self.shapes = project_shapes(self.shapes, self.wanted.epsg)
        self.plain[:] = False

    def check_place(self) -> None:
        """Refuse what cannot be on the map: coordinates that are no numbers, or far from France."""
        boxes = shapely.bounds(self.shapes)
        west, south, east, north = crs.LAMBERT_93
        present = ~shapely.is_missing(self.shapes)
        inside = (boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
        for row in where(present & ~inside):
            self._refuse(row, self._describe_misplacement(row, boxes[row]))

    def split_multis(self) -> None:
        """Where single geometries are wanted, a multi-geometry of one part is that part."""
        if self.wanted.multi:
            return
        multi = FAMILIES[self.wanted.family][1]
        for row in where(shapely.get_type_id(self.shapes) == multi):
            self._keep_single(row)

    def check_validity(self) -> None:
        """Repair or refuse outlines that cross themselves and the like."""
        if self.wanted.invalid == "keep" or self.wanted.family == "point":
            return
        wrong = ~shapely.is_valid(self.shapes) & ~shapely.is_missing(self.shapes)
        for row in where(wrong):
            reason = reason_of(self.shapes[row])
            if self.wanted.invalid == "refuse":
                self._refuse(row, Trouble("invalid_geometry", reason=reason))
            else:
                self._repair(row, reason)

    def text(self, wkb: pa.Array) -> pa.Array:
        """Hexadecimal EWKB of every row."""
        missing = shapely.is_missing(self.shapes)
        again = ~self.plain & ~missing
        if again.any() or missing.sum() != wkb.null_count:
            values = self.values.copy()
            values[again] = shapely.to_wkb(
                self.shapes[again], output_dimension=self.wanted.dimension, byte_order=1, flavor="iso"
            )
            values[missing] = None
            wkb = pa.array(values, pa.binary())
        return hexadecimal(wkb, self.wanted)

    def _repair(self, row: int, reason: str) -> None:
        before = self.shapes[row]
        after = repair_shape(before, self.wanted.family)
        if after is None:
            self._refuse(row, Trouble("nothing_left", reason=reason))
            return
        # A corner that a repair makes has the height that GEOS gives it, 0 where it gives none.
        self._replace(row, _with_heights(np.array([after]))[0] if self.wanted.dimension == 3 else after)
        if not self.wanted.multi:
            self._keep_single(row)
        if row not in self.refused:
            self.repaired[row] = Trouble(
                f"repaired_{self.wanted.family}", reason=reason, **measures(before, after, self.wanted.family)
            )

    def _keep_single(self, row: int) -> None:
        parts = shapely.get_parts(self.shapes[row])
        if len(parts) > 1:
            self._refuse(row, Trouble("several_parts", found=len(parts)))
        else:
            self._replace(row, parts[0])

    def _describe_misplacement(self, row: int, box: Numbers) -> Trouble:
        source = shapely.bounds(shapely.from_wkb(self.values[row]))
        if not np.isfinite(source).all():
            return Trouble("coordinates_not_finite")
        params = {"declared": self.wanted.epsg, "x": round(float(source[0]), 3), "y": round(float(source[1]), 3)}
        seems = reference.likeliest_epsg(source.reshape(1, 4))
        if seems and seems != self.wanted.epsg:
            return Trouble("out_of_range_seems", seems=seems, **params)
        return Trouble("out_of_range", **params)

    def _replace(self, row: int, shape: Any) -> None:
        self.shapes[row] = shape
        self.plain[row] = False

    def _refuse(self, row: int, trouble: Trouble) -> None:
        self.refused[row] = trouble
        self._drop(row)

    def _drop(self, row: int) -> None:
        self.shapes[row] = None
        self.plain[row] = False


def repair_shape(shape: Any, family: Family) -> Any:
    """The valid geometry of the same family that is nearest to what was drawn; None when nothing is left."""
    made = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    wanted = FAMILIES[family]
    parts = [part for part in _flat_parts(made) if shapely.get_type_id(part) in wanted and not part.is_empty]
    if not parts:
        return None
    after: Any = shapely.union_all(parts) if family == "polygon" else join_shapes(parts, family)
    return after if shapely.is_valid(after) and not after.is_empty else None


def measures(before: Any, after: Any, family: Family) -> dict[str, Any]:
    """Area in m², or length in m, before and after a repair."""
    sizes = [float(shapely.area(shape) if family == "polygon" else shapely.length(shape)) for shape in (before, after)]
    return {"before": round(sizes[0], 2), "after": round(sizes[1], 2), "family": family}


def reason_of(shape: Any) -> str:
    """What GEOS says against a geometry, without the place."""
    return str(shapely.is_valid_reason(shape)).partition("[")[0].strip()


def join_shapes(parts: list[Any], family: Family) -> Any:
    """One geometry of several of a family."""
    singles = [single for part in parts for single in shapely.get_parts(part)]
    makers: dict[str, Any] = {
        "point": shapely.multipoints,
        "line": shapely.multilinestrings,
        "polygon": shapely.multipolygons,
    }
    return makers[family](singles) if singles else None


def _flat_parts(shape: Any) -> list[Any]:
    if shapely.get_type_id(shape) != COLLECTION:
        return [shape]
    return [flat for part in shapely.get_parts(shape) for flat in _flat_parts(part)]


def _with_heights(shapes: Numbers) -> Numbers:
    """Three dimensions whatever there was: measures go, heights stay, 0 stands for a missing one."""
    positions = shapely.get_coordinates(shapes, include_z=True)
    positions[~np.isfinite(positions[:, 2]), 2] = 0.0
    raised: Numbers = shapely.set_coordinates(shapely.force_3d(shapely.force_2d(shapes)), positions)
    return raised


def _lacks_heights(shapes: Numbers) -> Numbers:
    """Rows where a height is no number, which JSON cannot write."""
    positions, rows = shapely.get_coordinates(shapes, include_z=True, return_index=True)
    lacking = np.zeros(len(shapes), bool)
    lacking[rows[~np.isfinite(positions[:, 2])]] = True
    return lacking


def project_shapes(shapes: Numbers, epsg: int) -> Numbers:
    """Geometries in EPSG:2154; coordinates that cannot be computed become infinite. Heights are kept as they are."""
    heights = bool(shapely.has_z(shapes).any())
    coordinates = shapely.get_coordinates(shapes, include_z=heights)
    coordinates[:, 0], coordinates[:, 1] = to_target(epsg).transform(coordinates[:, 0], coordinates[:, 1])
    moved: Numbers = shapely.set_coordinates(shapes.copy(), coordinates)
    return moved


@cache
def to_target(epsg: int) -> Transformer:
    """From an EPSG code, x or longitude first, to EPSG:2154."""
    return Transformer.from_crs(epsg, TARGET, always_xy=True)


def wkb_codes(wkb: pa.Array) -> tuple[Numbers, Numbers]:
    """Byte order and type code in the head of each WKB; 0 where there is none."""
    offsets, data = _buffers(wkb)
    starts, long_enough = offsets[:-1], np.diff(offsets) >= HEAD_BYTES
    heads = np.zeros((len(starts), HEAD_BYTES), np.uint8)
    heads[long_enough] = data[starts[long_enough, None] + np.arange(HEAD_BYTES)]
    codes = np.ascontiguousarray(heads[:, 1:]).view("<u4")[:, 0]
    return heads[:, 0], codes


def _is_plain(wkb: pa.Array, codes: tuple[int, ...]) -> Numbers:
    order, code = wkb_codes(wkb)
    plain: Numbers = (order == 1) & np.isin(code, codes)
    return plain


def _buffers(wkb: pa.Array) -> tuple[Numbers, Numbers]:
    _, offsets, data = wkb.buffers()
    width = np.int64 if pa.types.is_large_binary(wkb.type) else np.int32
    all_offsets = np.frombuffer(offsets, width) if offsets else np.zeros(1, width)
    chosen = all_offsets[wkb.offset : wkb.offset + len(wkb) + 1]
    return chosen, np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)


def hexadecimal(wkb: pa.Array, wanted: Wanted) -> pa.Array:
    """EWKB with its SRID in hexadecimal, of little-endian WKB whose codes are those wanted."""
    codes = wanted.codes
    _, code = wkb_codes(wkb)
    whole = _hexlify(wkb)
    if not wanted.multi:
        return pc.binary_join_element_wise(_head(codes[0]), _body(whole), "")
    single = code == codes[0]
    if not single.any():
        return pc.binary_join_element_wise(_head(codes[1]), _body(whole), "")
    wrapped = pc.binary_join_element_wise(_head(codes[1]) + "01000000", whole, "")
    if single.all():
        return wrapped
    direct = pc.binary_join_element_wise(_head(codes[1]), _body(whole), "")
    return pc.if_else(pa.array(single), wrapped, direct)


def _head(code: int) -> str:
    return (b"\x01" + (code | SRID_FLAG).to_bytes(4, "little") + TARGET.to_bytes(4, "little")).hex()


def _body(whole: pa.Array) -> pa.Array:
    """Without the byte order and the code."""
    return pc.binary_slice(whole.cast(pa.binary()), 2 * HEAD_BYTES, LONGEST).cast(pa.string())


def _hexlify(wkb: pa.Array) -> pa.Array:
    offsets, data = _buffers(wkb)
    first, last = int(offsets[0]), int(offsets[-1])
    text = binascii.hexlify(data[first:last])
    places = ((offsets - first) * 2).astype(np.int32)
    present = wkb.is_valid().to_numpy(zero_copy_only=False)
    nulls = pa.array(present).buffers()[1] if wkb.null_count else None
    buffers = [nulls, pa.py_buffer(places), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string(), len(wkb), buffers, wkb.null_count)
