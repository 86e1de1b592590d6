"""Every other vector format, through pyogrio and with only the GDAL drivers that were asked for."""

import ctypes
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .rows import Problem, Row, checked_properties
from .trouble import Trouble

# A coordinate pair is 16 bytes of WKB: close enough to bound a geometry without decoding it.
POSITION_BYTES = 16
PAGE = 1000
# The class of GDAL's errors that are more than warnings.
FAILURE = 3
SQLITE_MAGIC = b"SQLite format 3\0"


class Drivers:
    """The drivers of one GDAL of this process, that of pyogrio or that of rasterio, once it has registered them.

    All are known at start; only the allowed ones are left registered.
    """

    def __init__(self, package: str) -> None:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise Trouble("driver_missing", drivers=package)
        (library,) = (Path(spec.origin).parent.parent / f"{package}.libs").glob("libgdal*.so*")
        self._gdal = ctypes.CDLL(str(library))
        self._gdal.GDALGetDriver.restype = ctypes.c_void_p
        self._gdal.GDALGetDescription.restype = ctypes.c_char_p
        self._gdal.CPLGetLastErrorMsg.restype = ctypes.c_char_p
        self._gdal.OGR_G_GetLinearGeometry.restype = ctypes.c_void_p
        # Layers of arcs and curves are declared as layers of lines.
        self._gdal.OGRSetNonLinearGeometriesEnabledFlag(0)
        count = self._gdal.GDALGetDriverCount()
        handles = [ctypes.c_void_p(self._gdal.GDALGetDriver(number)) for number in range(count)]
        self._handles = {self._gdal.GDALGetDescription(handle).decode(): handle for handle in handles}

    def forget_errors(self) -> None:
        """So that `error` tells only of what comes next."""
        self._gdal.CPLErrorReset()

    def error(self) -> str:
        """What GDAL last complained of in this thread, warnings left aside."""
        if self._gdal.CPLGetLastErrorType() < FAILURE:
            return ""
        return str(self._gdal.CPLGetLastErrorMsg().decode(errors="replace"))

    def linear(self, wkb: bytes) -> bytes | None:
        """A geometry of arcs as one of straight lines, in WKB; None when it is no geometry."""
        arcs, gdal = ctypes.c_void_p(), self._gdal
        if gdal.OGR_G_CreateFromWkb(wkb, None, ctypes.byref(arcs), len(wkb)) or not arcs:
            return None
        lines = ctypes.c_void_p(gdal.OGR_G_GetLinearGeometry(arcs, ctypes.c_double(0), None))
        gdal.OGR_G_DestroyGeometry(arcs)
        if not lines:
            return None
        written = ctypes.create_string_buffer(gdal.OGR_G_WkbSize(lines))
        failed = gdal.OGR_G_ExportToIsoWkb(lines, 1, written)
        gdal.OGR_G_DestroyGeometry(lines)
        return None if failed else written.raw

    def allow(self, names: list[str]) -> None:
        """Leave only these drivers registered; raises Trouble when one is not built in."""
        missing = [name for name in names if name not in self._handles]
        if missing or not names:
            raise Trouble("driver_missing", drivers=", ".join(missing))
        for name, handle in self._handles.items():
            if name not in names:
                self._gdal.GDALDeregisterDriver(handle)
        for name in names:
            self._gdal.GDALRegisterDriver(self._handles[name])


class OgrFile:
    """One file in the quarantine folder, opened by GDAL."""

    def __init__(self, name: str, limits: dict[str, int]) -> None:
        self._name = f"/vsisubfile/0,{name}" if _is_sqlite(name) else name
        self._limits = limits

    def inspect(self) -> dict[str, Any]:
        """Format, layers, CRS, counts, bounds, fields."""
        import pyogrio

        layers = [self._layer(str(name)) for name, _ in _opened(pyogrio.list_layers, self._name)]
        if not layers:
            raise Trouble("no_layers")
        driver = _opened(pyogrio.read_info, self._name, layer=layers[0]["name"])["driver"]
        return {"format": driver, "layers": layers, "notes": []}

    def rows(self, layer: str | None) -> Iterator[Row | Problem]:
        """Features of a layer (the first one for None) in file order."""
        info = self.inspect()
        chosen = next((found for found in info["layers"] if layer in (None, found["name"])), None)
        if chosen is None:
            raise Trouble("unknown_layer", name=str(layer)[:100])
        vertices = 0
        for start in range(0, chosen["features"], PAGE):
            for row in self._page(chosen["name"], start):
                vertices += len(row.wkb or b"") // POSITION_BYTES if isinstance(row, Row) else 0
                if vertices > self._limits["vertices"]:
                    raise Trouble("too_many_vertices", limit=self._limits["vertices"])
                yield row

    def _layer(self, name: str) -> dict[str, Any]:
        import pyogrio

        info = _opened(pyogrio.read_info, self._name, layer=name, force_feature_count=True)
        if info["features"] > self._limits["features"]:
            raise Trouble("too_many_features", limit=self._limits["features"])
        bounds = info["total_bounds"]
        return {
            "name": name,
            "crs": _epsg(info["crs"]),
            "features": int(info["features"]),
            "refused": 0,
            "without_geometry": 0,
            "vertices": None,
            "bounds": [float(edge) for edge in bounds] if bounds is not None and _finite(bounds) else None,
            "geometry_types": {str(info["geometry_type"]): int(info["features"])},
            "fields": {str(name): [str(kind)] for name, kind in zip(info["fields"], info["dtypes"], strict=True)},
        }

    def _page(self, layer: str, start: int) -> Iterator[Row | Problem]:
        from pyogrio import raw

        meta, fids, shapes, columns = _opened(
            raw.read,
            self._name,
            layer=layer,
            skip_features=start,
            max_features=PAGE,
            return_fids=True,
            datetime_as_string=True,
        )
        names = [str(name) for name in meta["fields"]]
        lists = [column.tolist() for column in columns]
        for position, fid in enumerate(fids.tolist()):
            properties = {name: _plain(values[position]) for name, values in zip(names, lists, strict=True)}
            wkb = None if shapes is None else shapes[position]
            yield _row(start + position + 1, str(fid), properties, wkb)


def _is_sqlite(name: str) -> bool:
    """SQLite walks to its files from the root, which the child may not do; through GDAL's own files it does not."""
    with Path(name).open("rb") as opened:
        return opened.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _row(index: int, fid: str, properties: dict[str, Any], wkb: Any) -> Row | Problem:
    try:
        return Row(index, fid, checked_properties(properties), None if wkb is None else bytes(wkb))
    except Trouble as trouble:
        return Problem(index, fid, trouble.code, trouble.params)


def _opened(call: Any, *args: Any, **options: Any) -> Any:
    from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

    try:
        return call(*args, **options)
    except (DataSourceError, DataLayerError, CRSError, FeatureError, FieldError, GeometryError, ValueError) as error:
        raise Trouble("cannot_open", reason=str(error)[:300]) from error


def _epsg(crs: str | None) -> int | None:
    authority, _, code = (crs or "").partition(":")
    return int(code) if authority == "EPSG" and code.isdigit() else None


def _finite(numbers: Any) -> bool:
    return all(number - number == 0 for number in numbers)


def _plain(value: Any) -> Any:
    """A JSON value: GDAL's missing numbers (NaN) become null, binary fields are left out."""
    if isinstance(value, float) and value - value != 0:
        return None
    return value if isinstance(value, str | int | float | bool | list) else None
