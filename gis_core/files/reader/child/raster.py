"""Images, through rasterio and with only the GDAL drivers of their own formats; nothing is decoded before its size."""

import logging
import math
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from . import jp2, tiff
from .drivers import Drivers
from .files import head_of, regular
from .trouble import Trouble

if TYPE_CHECKING:
    import numpy as np
    from rasterio.crs import CRS
    from rasterio.io import DatasetReader

DRIVERS = {"tiff": "GTiff", "jpeg2000": "JP2OpenJPEG", "jpeg": "JPEG", "png": "PNG", "grid": "AAIGrid"}
MAGICS = {
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    jp2.SIGNATURE: "jpeg2000",
    jp2.CODESTREAM: "jpeg2000",
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG": "png",
    b"ncols": "grid",
    b"NCOLS": "grid",
}
# What people send in place of a photo, and descriptions that would lead GDAL to other files or to the network.
OTHERS = {
    b"PK\x03\x04": "zip",
    b"SQLite format 3": "geopackage",
    b"%PDF": "pdf",
    b"GIF8": "gif",
    b"EHFA_HEADER": "imagine",
    b"\x89HDF": "hdf",
    b"CDF\x01": "hdf",
    b"RIFF": "webp",
}
DESCRIPTIONS = {b"<VRTDataset": "vrt", b"<GDAL_WMS": "wms", b"<GDAL_WMTS": "wms", b"<WMT_MS_Capabilities": "wms"}
WAVELETS = {".ecw": "ECW", ".sid": "MrSID"}
DTYPES = {"uint8", "uint16"}
RANGES = {"uint8": (0, 65_535), "uint16": (0, 65_535), "int16": (-32_768, 32_767), "int32": (-(2**31), 2**31 - 1)}
HEIGHTS = {"int16", "uint16", "int32", "float32", "float64"}
HEAD = 4096
# What one strip may weigh; a frame holds its mask too.
STRIP_BYTES = 128 * 1024 * 1024
CACHE_BYTES = 256 * 1024 * 1024
PRJ_BYTES = 65_536
OPAQUE = 128
PNG_TAIL = 64
EPSG_NAME = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:(?:[0-9.]*:)?(\d{4,5})", re.IGNORECASE)
CUT_SHORT = ("Premature end", "Not enough", "not enough", "Read error", "TIFFFillStrip", "TIFFFillTile")


class Images:
    """The images that the child opens: one GDAL for all, its drivers cut down once."""

    def __init__(self, limits: dict[str, int]) -> None:
        import rasterio

        self._limits = limits
        self._said = _Said()
        logging.getLogger("rasterio").addHandler(self._said)
        logging.getLogger("rasterio").propagate = False
        warnings.filterwarnings("ignore", category=rasterio.errors.NotGeoreferencedWarning)
        # Entering another environment would register all drivers again: this one is never left.
        self._environment = rasterio.Env(
            GDAL_CACHEMAX=CACHE_BYTES, GDAL_NUM_THREADS="ALL_CPUS", GDAL_PAM_ENABLED=False, GTIFF_DIRECT_IO=True
        )
        self._environment.__enter__()
        Drivers("rasterio").allow(list(DRIVERS.values()))

    def info(self, name: str, *, heights: bool = False) -> dict[str, Any]:
        """What the headers say."""
        with self._open(name, heights=heights) as image:
            return _info(image, name)

    def strips(
        self, name: str, bands: Sequence[int], rows: int, *, heights: bool = False
    ) -> Iterator[tuple[dict[str, Any], list[Any]]]:
        """The pixels from top to bottom, pixel-interleaved, with the mask where a pixel is not valid."""
        import numpy as np

        with self._open(name, heights=heights) as image:
            _check_bands(image, bands)
            mask = _mask_kind(image, name)
            height = _strip_rows(image, len(bands), rows)
            # One buffer for all strips: each is sent before the next is read.
            buffer = np.empty((min(height, image.height), image.width, len(bands)), image.dtypes[0])
            for row in range(0, image.height, height):
                window = ((row, min(row + height, image.height)), (0, image.width))
                pixels = buffer[: window[0][1] - row]
                self._decode(image.read, list(bands), out=pixels.transpose(2, 0, 1), window=window)
                valid = self._decode(_valid, image, mask, pixels, window=window)
                message = {"row": row, "rows": len(pixels), "valid": valid is not None}
                yield message, [pixels.data.cast("B"), *([] if valid is None else [valid.view("u1").data.cast("B")])]

    def sample(
        self, name: str, bands: Sequence[int], size: int, *, heights: bool = False
    ) -> tuple[dict[str, Any], list[Any]]:
        """The whole image, thinned out to at most `size` pixels a side, and which of them are valid."""
        import numpy as np

        with self._open(name, heights=heights) as image:
            _check_bands(image, bands)
            factor = max(image.width, image.height, size) / size
            shape = max(1, int(image.height / factor)), max(1, int(image.width / factor))
            pixels = np.empty((*shape, len(bands)), image.dtypes[0])
            self._decode(image.read, list(bands), out=pixels.transpose(2, 0, 1))
            valid = self._decode(_valid, image, _mask_kind(image, name), pixels, shape=shape)
            blobs = [pixels.data.cast("B"), *([] if valid is None else [valid.view("u1").data.cast("B")])]
            return {"shape": list(pixels.shape), "dtype": image.dtypes[0], "valid": valid is not None}, blobs

    @contextmanager
    def _open(self, name: str, *, heights: bool = False) -> "Iterator[DatasetReader]":
        import rasterio

        kind = kind_of(name)
        self._check_size(name, kind)
        self._said.clear()
        try:
            # Threads help to decode JPEG 2000 and cost more than they bring on the rows of a plain TIFF.
            image = rasterio.open(name, driver=DRIVERS[kind], **({"NUM_THREADS": 1} if kind == "tiff" else {}))
        except rasterio.errors.RasterioError as error:
            raise Trouble("image_damaged", detail=str(error)[:300]) from error
        with image:
            self._check_pixels(image.width, image.height)
            _check_kind(image, HEIGHTS if heights else DTYPES)
            yield image

    def _check_size(self, name: str, kind: str) -> None:
        """Refuse by what the file declares, before GDAL knows of it."""
        with regular(name) as stream:
            size = os.fstat(stream.fileno()).st_size
            if kind == "jpeg2000":
                self._check_pixels(*jp2.size_of(stream, size))
            if kind == "tiff":
                self._check_pages(stream, size, name)
            if kind == "png":
                _check_end(stream, size)

    def _check_pages(self, stream: BinaryIO, size: int, name: str) -> None:
        pages = tiff.directories(stream, size, self._limits["pixels"])
        count = sum(page.is_main for page in pages)
        if count > 1:
            raise Trouble("several_images", count=count)
        beside = Path(name + ".msk")
        if beside.exists():
            _check_mask_file(str(beside), pages[0], self._limits["pixels"])

    def _check_pixels(self, width: int, height: int) -> None:
        if width * height > self._limits["pixels"]:
            raise Trouble("too_many_pixels", width=width, height=height, limit=self._limits["pixels"])

    def _decode(self, call: Any, *args: Any, **options: Any) -> Any:
        """What GDAL decodes; an error or a warning of missing data refuses the image."""
        import rasterio

        try:
            value = call(*args, **options)
        except rasterio.errors.RasterioError as error:
            self._said.raise_if_cut()
            code = "too_much_memory" if "llocat" in str(error) or "memory" in str(error) else "image_damaged"
            raise Trouble(code, detail=str(error)[:300]) from error
        self._said.raise_if_cut()
        return value


class _Said(logging.Handler):
    """What GDAL said of the image being read."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self._lines) < 100:
            self._lines.append(record.getMessage()[:300])

    def clear(self) -> None:
        self._lines.clear()

    def raise_if_cut(self) -> None:
        """Raise when GDAL spoke of data that ends too early."""
        for line in self._lines:
            if any(token in line for token in CUT_SHORT):
                raise Trouble("image_truncated", detail=line)


def kind_of(name: str) -> str:
    """The format by the first bytes, whatever the name says; raises Trouble for what is not a photo we read."""
    head = head_of(name, HEAD)
    if not head:
        raise Trouble("empty_file")
    suffix = Path(name).suffix.lower()
    if suffix in WAVELETS:
        raise Trouble("wavelet_image", format=WAVELETS[suffix])
    for magic, kind in MAGICS.items():
        if head.startswith(magic):
            return kind
    _refuse(head)
    start = head[:20].decode("utf-8", "replace").strip().split("\n")[0]
    raise Trouble("not_an_image", found="".join(each if each.isprintable() else "·" for each in start))


def _refuse(head: bytes) -> None:
    for magic, name in OTHERS.items():
        if head.startswith(magic):
            raise Trouble("other_image", found=name)
    for start, name in DESCRIPTIONS.items():
        if start in head:
            raise Trouble("described_image", found=name)
    if head.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"<"):
        raise Trouble("described_image", found="xml")


def _check_end(stream: BinaryIO, size: int) -> None:
    """GDAL makes up the missing rows of a PNG without a word."""
    stream.seek(max(0, size - PNG_TAIL))
    if b"IEND" not in stream.read():
        raise Trouble("image_truncated")


def _check_mask_file(name: str, image: tiff.Directory, pixels: int) -> None:
    """A mask beside the image must be a TIFF of its size: GDAL would take anything."""
    if kind_of(name) != "tiff":
        raise Trouble("wrong_mask")
    with regular(name) as stream:
        mask = tiff.directories(stream, os.fstat(stream.fileno()).st_size, pixels)[0]
    if (mask.width, mask.height) != (image.width, image.height):
        raise Trouble("wrong_mask")


def _check_kind(image: "DatasetReader", types: set[str]) -> None:
    if image.subdatasets:
        raise Trouble("several_images", count=len(image.subdatasets) // 2 + 1)
    odd = next((dtype for dtype in image.dtypes if dtype not in types), None)
    if odd or len(set(image.dtypes)) > 1:
        code = "pixel_type" if types is DTYPES else "height_type"
        raise Trouble(code, found=odd or ", ".join(image.dtypes))
    if _colours(image)[0] == "palette":
        raise Trouble("palette")
    if not _has_transform(image) and image.gcps[0]:
        raise Trouble("gcp_only", count=len(image.gcps[0]))


def _check_bands(image: "DatasetReader", bands: Sequence[int]) -> None:
    if not bands or not all(1 <= band <= image.count for band in bands):
        raise Trouble("unknown_band", count=image.count)


def _info(image: "DatasetReader", name: str) -> dict[str, Any]:
    epsg, text, vertical = _crs(image, name)
    compression = "jpeg2000" if image.driver == "JP2OpenJPEG" else _compression(image)
    return {
        "driver": image.driver,
        "width": image.width,
        "height": image.height,
        "bands": image.count,
        "dtype": image.dtypes[0],
        "crs": epsg,
        "crs_text": text,
        "transform": [float(number) for number in image.transform[:6]] if _has_transform(image) else None,
        "gcps": len(image.gcps[0]),
        "nodata": _nodata(image),
        "mask": _mask_kind(image, name),
        "colour": _colours(image),
        "compression": compression,
        "block": [int(edge) for edge in image.block_shapes[0]],
        "overviews": [int(factor) for factor in image.overviews(1)],
        "area_or_point": str(image.tags().get("AREA_OR_POINT", ""))[:20],
        "unit": str(image.units[0] or "")[:20],
        "vertical": vertical,
    }


def _compression(image: "DatasetReader") -> str:
    return image.compression.value.lower() if image.compression else ""


def _has_transform(image: "DatasetReader") -> bool:
    return not image.transform.is_identity


def _colours(image: "DatasetReader") -> list[str]:
    return [colour.name for colour in image.colorinterp]


def _nodata(image: "DatasetReader") -> float | None:
    """The value that means nothing, when a pixel can have it; that a float may be no number goes without saying."""
    value = image.nodata
    if value is None or not math.isfinite(value):
        return None
    if _is_float(image):
        return float(value)
    least, most = RANGES[image.dtypes[0]]
    return float(value) if least <= value <= most and value == int(value) else None


def _is_float(image: "DatasetReader") -> bool:
    return str(image.dtypes[0]).startswith("float")


def _mask_kind(image: "DatasetReader", name: str) -> str:
    flags = {flag.name for flag in image.mask_flag_enums[0]}
    if _is_float(image):
        return "nodata"
    if "alpha" in flags:
        return "alpha"
    if "nodata" in flags:
        return "none" if _nodata(image) is None else "nodata"
    if "per_dataset" in flags:
        return "external" if Path(name + ".msk").exists() else "internal"
    return "none"


def _valid(
    image: "DatasetReader", kind: str, pixels: "np.ndarray[Any, Any]", window: Any = None, shape: Any = None
) -> "np.ndarray[Any, Any] | None":
    """Which pixels are valid; None when all of them are."""
    import numpy as np

    if kind == "none":
        return None
    if kind == "nodata":
        nodata = _nodata(image)
        valid = np.isfinite(pixels).any(axis=2) if _is_float(image) else np.ones(pixels.shape[:2], bool)
        if nodata is not None:
            valid &= (pixels != pixels.dtype.type(nodata)).any(axis=2)
    elif kind == "alpha":
        alpha = _colours(image).index("alpha") + 1
        valid = image.read(alpha, window=window, out_shape=shape) >= OPAQUE
    else:
        valid = image.read_masks(1, window=window, out_shape=shape) > 0
    return None if valid.all() else valid


def _strip_rows(image: "DatasetReader", bands: int, wanted: int) -> int:
    """Whole rows of blocks, as many as asked for and as a frame may weigh."""
    block, _ = image.block_shapes[0]
    row_bytes = image.width * (bands * pixel_bytes(image.dtypes[0]) + 1)
    most: int = max(1, min(max(wanted, block), STRIP_BYTES // row_bytes))
    return most if most < block else most // block * block


def pixel_bytes(dtype: str) -> int:
    """Bytes of one value."""
    return {"uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "float32": 4}.get(dtype, 8)


def _crs(image: "DatasetReader", name: str) -> tuple[int | None, str, int | None]:
    """EPSG code when it can be told, what the file says, and the EPSG code of its vertical datum."""
    crs = image.crs or _beside(name)
    if not crs:
        return None, "", None
    crs, vertical = _split(crs)
    text = _name_of(crs)
    return crs.to_epsg() or _epsg_by_name(crs, text), text, vertical


def _split(crs: "CRS") -> "tuple[CRS, int | None]":
    """The plane system of a compound one, and the code of its vertical datum."""
    import pyproj
    from rasterio.crs import CRS

    if not crs.to_wkt().startswith(("COMPD_CS", "COMPOUNDCRS")):
        return crs, None
    plane, vertical = pyproj.CRS.from_wkt(crs.to_wkt()).sub_crs_list[:2]
    return CRS.from_wkt(plane.to_wkt()), vertical.to_epsg()


def _beside(name: str) -> "CRS | None":
    """The CRS of a .prj, which GDAL reads for vectors only."""
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    path = Path(name).with_suffix(".prj")
    if not path.exists():
        return None
    try:
        return CRS.from_wkt(head_of(str(path), PRJ_BYTES).decode("utf-8", "replace"))
    except CRSError:
        return None


def _name_of(crs: "CRS") -> str:
    quoted = re.search(r'"([^"]*)"', crs.to_wkt())
    return quoted[1][:100] if quoted else ""


def _epsg_by_name(crs: "CRS", text: str) -> int | None:
    """Some software writes the code as the name and forgets the datum: believed when the projection is that one."""
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    match = EPSG_NAME.fullmatch(text)
    if not match:
        return None
    try:
        known = CRS.from_epsg(int(match[1]))
    except CRSError:
        return None
    return int(match[1]) if _projection(known) == _projection(crs) else None


def _projection(crs: "CRS") -> dict[str, Any]:
    figure = {"datum", "ellps", "towgs84", "a", "b", "rf", "type", "no_defs", "init", "nadgrids"}
    return {key: value for key, value in crs.to_dict(projjson=False).items() if key not in figure}
