"""Images as the restricted reader gives them: what their headers say, and their pixels in strips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

type Pixels = np.ndarray[Any, np.dtype[Any]]
type MaskKind = Literal["none", "nodata", "alpha", "internal", "external"]
type Transform = tuple[float, float, float, float, float, float]

MASK_KINDS = get_args(MaskKind.__value__)
PIXEL_TYPES = ("uint8", "uint16")
HEIGHT_TYPES = ("int16", "uint16", "int32", "float32", "float64")
# What lies beside an image and belongs to it, lower case; anything else there is ignored.
BESIDE = {
    ".tif": (".tfw", ".tifw", ".wld", ".tab", ".prj"),
    ".tiff": (".tfw", ".tiffw", ".wld", ".tab", ".prj"),
    ".jp2": (".j2w", ".jp2w", ".wld", ".tab", ".prj"),
    ".jpg": (".jgw", ".jpgw", ".wld", ".tab", ".prj"),
    ".jpeg": (".jgw", ".jpegw", ".wld", ".tab", ".prj"),
    ".png": (".pgw", ".pngw", ".wld", ".tab", ".prj"),
    ".asc": (".prj",),
}
MASK_SUFFIX = ".msk"


@dataclass(frozen=True, slots=True)
class RasterInfo:
    """What the headers of an image say.

    `crs` is an EPSG code when it can be told, `crs_text` the name of what the file says. `transform` is the affine
    (a, b, c, d, e, f) from pixel corners, None without georeferencing. `overviews` are factors, `block` rows, columns.
    Of heights, `unit` is the unit that the file names and `vertical` the EPSG code of its vertical datum.
    """

    driver: str
    width: int
    height: int
    bands: int
    dtype: str
    crs: int | None
    crs_text: str
    transform: Transform | None
    gcps: int
    nodata: float | None
    mask: MaskKind
    colour: tuple[str, ...]
    compression: str
    block: tuple[int, int]
    overviews: tuple[int, ...]
    area_or_point: str
    unit: str = ""
    vertical: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values, which `from_json` takes back."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RasterInfo:
        """The same from plain values; raises KeyError, TypeError or ValueError for what makes no sense."""
        if values["mask"] not in MASK_KINDS or values["dtype"] not in (*PIXEL_TYPES, *HEIGHT_TYPES):
            raise ValueError("unknown kind")
        rows, columns = values["block"]
        return cls(
            driver=str(values["driver"]),
            width=_positive(values["width"]),
            height=_positive(values["height"]),
            bands=_positive(values["bands"]),
            dtype=values["dtype"],
            crs=None if values["crs"] is None else int(values["crs"]),
            crs_text=str(values["crs_text"]),
            transform=None if values["transform"] is None else _transform(values["transform"]),
            gcps=int(values["gcps"]),
            nodata=None if values["nodata"] is None else float(values["nodata"]),
            mask=values["mask"],
            colour=tuple(map(str, values["colour"])),
            compression=str(values["compression"]),
            block=(_positive(rows), _positive(columns)),
            overviews=tuple(map(int, values["overviews"])),
            area_or_point=str(values["area_or_point"]),
            unit=str(values.get("unit", "")),
            vertical=None if values.get("vertical") is None else int(values["vertical"]),
        )


@dataclass(frozen=True, slots=True)
class Strip:
    """Whole rows of an image from `row` on: `pixels` (rows, columns, bands), `valid` (rows, columns), None for all."""

    row: int
    pixels: Pixels
    valid: Pixels | None


def companions_of(path: Path) -> tuple[Path, ...]:
    """The files beside an image that hold its georeferencing or its mask; no links, none where the folder is gone."""
    wanted = {path.stem.lower() + suffix for suffix in BESIDE.get(path.suffix.lower(), ())}
    wanted.add(path.name.lower() + MASK_SUFFIX)
    try:
        companions = [beside for beside in path.parent.iterdir() if beside.name.lower() in wanted]
        return tuple(sorted(beside for beside in companions if not beside.is_symlink()))
    except OSError:
        return ()


def parse_info(answer: Mapping[str, Any]) -> RasterInfo:
    """The answer of the child on headers, distrusted."""
    return RasterInfo.from_json(answer["info"])


def parse_strip(answer: Mapping[str, Any], blob: Pixels, info: RasterInfo, bands: int, row: int) -> Strip:
    """One frame of pixels: it must continue where the one before ended and weigh what its rows weigh."""
    rows = _positive(answer["rows"])
    if answer["row"] != row or row + rows > info.height:
        raise ValueError("rows out of place")
    pixels, valid = _arrays(blob, (rows, info.width, bands), info.dtype, answer["valid"])
    return Strip(row, pixels, valid)


def parse_sample(answer: Mapping[str, Any], blob: Pixels, bands: int) -> np.ma.MaskedArray[Any, Any]:
    """The thinned out image, its invalid pixels masked."""
    rows, columns, count = map(_positive, answer["shape"])
    if count != bands or answer["dtype"] not in (*PIXEL_TYPES, *HEIGHT_TYPES):
        raise ValueError("unknown shape")
    pixels, valid = _arrays(blob, (rows, columns, count), answer["dtype"], answer["valid"])
    mask = np.ma.nomask if valid is None else np.broadcast_to(~valid[:, :, None], pixels.shape)
    return np.ma.MaskedArray(pixels, mask)


def _arrays(blob: Pixels, shape: tuple[int, int, int], dtype: str, masked: Any) -> tuple[Pixels, Pixels | None]:
    area = shape[0] * shape[1]
    weight = area * shape[2] * np.dtype(dtype).itemsize
    if len(blob) != weight + (area if masked else 0):
        raise ValueError("bytes missing or left over")
    pixels = blob[:weight].view(dtype).reshape(shape)
    return pixels, blob[weight:].astype(bool).reshape(shape[:2]) if masked else None


def _transform(values: Sequence[Any]) -> Transform:
    a, b, c, d, e, f = map(float, values)
    if not np.isfinite([a, b, c, d, e, f]).all():
        raise ValueError("not an affine transform")
    return a, b, c, d, e, f


def _positive(value: Any) -> int:
    number = int(value)
    if number < 1:
        raise ValueError("not a positive number")
    return number
