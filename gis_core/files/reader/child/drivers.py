"""The drivers of a GDAL, cut down to those that a file needs; and the few things that pyogrio does not ask of it."""

import ctypes
import importlib.util
from pathlib import Path

from .trouble import Trouble

# The class of GDAL's errors that are more than warnings.
FAILURE = 3


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
        buffer = ctypes.create_string_buffer(gdal.OGR_G_WkbSize(lines))
        failed = gdal.OGR_G_ExportToIsoWkb(lines, 1, buffer)
        gdal.OGR_G_DestroyGeometry(lines)
        return None if failed else buffer.raw

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
