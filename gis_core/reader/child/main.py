"""The child's loop: one JSON request per line on standard input, one frame per answer on standard output."""

import gzip
import json
import os
import stat
import sys
import time
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from . import table
from .geojson import GeoJsonFile
from .lockdown import lock_down, state
from .names import checked
from .ogr import Drivers, OgrFile
from .rows import Batch, Problem, Row, batched
from .trouble import Trouble
from .wire import send

GZIP_MAGIC = b"\x1f\x8b"
BLANKS = b" \t\r\n\xef\xbb\xbf"
GEOJSON = "GeoJSON"
# What people send in place of JSON; the parent has a name for each.
MAGICS = {
    b"PK\x03\x04": "zip",
    b"SQLite format 3": "geopackage",
    b"\x00\x00\x27\x0a": "shapefile",
    b"II*\0": "tiff",
    b"II+\0": "tiff",
    b"MM\0*": "tiff",
    b"MM\0+": "tiff",
    b"\x00\x00\x00\x0cjP": "jpeg2000",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"%PDF": "pdf",
    b"fgb\x03": "flatgeobuf",
    b"AC10": "dwg",
    b"7z\xbc\xaf\x27\x1c": "archive",
    b"Rar!": "archive",
    b"BZh": "archive",
    b"\xfd7zXZ": "archive",
    b"\xff\xfe": "utf16",
    b"\xfe\xff": "utf16",
}
# The name of the archive format, where a tar file keeps it.
TAR_MAGIC = slice(257, 262)
TAR = b"ustar"
HEAD = 512


class Session:
    """What the child remembers between requests: the last file and the batches still to be asked for."""

    def __init__(self, limits: dict[str, int]) -> None:
        self._limits = limits
        self._drivers: Drivers | None = None
        self._file: tuple[str, GeoJsonFile] | None = None
        self._batches: Iterator[Batch] = iter(())

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Answer of one request; raises Trouble."""
        operation = request["op"]
        if operation == "inspect":
            return {"info": self._opened(request).inspect()}, b""
        if operation == "next":
            batch = next(self._batches, None)
            return batch.message() if batch else ({"done": True}, b"")
        self._batches = batched(self._rows(operation, request), int(request["size"]))
        return {}, b""

    def _rows(self, operation: str, request: dict[str, Any]) -> Iterator[Row | Problem]:
        if operation == "records":
            name = checked(request["name"])
            return table.rows(lambda: self._stream(name), self._limits)
        opened = self._opened(request)
        return opened.rows() if isinstance(opened, GeoJsonFile) else opened.rows(request["layer"])

    def _opened(self, request: dict[str, Any]) -> GeoJsonFile | OgrFile:
        name, drivers = checked(request["name"]), [str(driver) for driver in request["drivers"]]
        if GEOJSON in drivers and (drivers == [GEOJSON] or _is_json(name)):
            return self._geojson(name)
        if self._drivers is None:
            self._drivers = Drivers()
        self._drivers.allow([driver for driver in drivers if driver != GEOJSON])
        _regular(name).close()
        return OgrFile(name, self._limits)

    def _geojson(self, name: str) -> GeoJsonFile:
        if self._file is None or self._file[0] != name:
            self._file = name, GeoJsonFile(lambda: self._stream(name), self._limits)
        return self._file[1]

    def _stream(self, name: str) -> BinaryIO:
        raw = _regular(name)
        start = raw.read(HEAD)
        raw.seek(0)
        if not start:
            raise Trouble("empty_file")
        _refuse_other_formats(start)
        if not start.startswith(GZIP_MAGIC):
            return raw
        _refuse_other_formats(_decompressed_head(raw))
        raw.seek(0)
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))


def _refuse_other_formats(start: bytes) -> None:
    for magic, found in MAGICS.items():
        if start.startswith(magic):
            raise Trouble("other_format", found=found)
    if start[TAR_MAGIC] == TAR:
        raise Trouble("other_format", found="tar")


def _decompressed_head(raw: BinaryIO) -> bytes:
    """The first bytes inside; what is wrong with the compression is told by whoever reads on."""
    try:
        return gzip.GzipFile(fileobj=raw).read(HEAD)
    except (EOFError, OSError, zlib.error):
        return b""


def _regular(name: str) -> BinaryIO:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise Trouble("cannot_open", reason=os.strerror(error.errno or 0)) from error
    opened = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        opened.close()
        raise Trouble("not_a_file")
    return opened


def _is_json(name: str) -> bool:
    with _regular(name) as opened:
        start = opened.read(4096)
    return start.startswith(GZIP_MAGIC) or start.lstrip(BLANKS)[:1] in (b"{", b"[", b"")


def serve(requests: BinaryIO, answers: BinaryIO, limits: dict[str, int]) -> None:
    """Answer until standard input ends; a failed allocation ends the child after it was told."""
    session = Session(limits)
    for line in requests:
        try:
            message, blob = session.answer(json.loads(line))
        except Trouble as trouble:
            message, blob = {"trouble": [trouble.code, trouble.params]}, b""
        except RecursionError:
            message, blob = {"trouble": ["too_deep_anywhere", {}]}, b""
        except MemoryError:
            session = Session(limits)
            message, blob = {"trouble": ["too_much_memory", {}], "last": True}, b""
        send(answers, {**message, "cpu": time.process_time()}, blob)
        if message.get("last"):
            return


def main() -> None:
    """Lock down, say what remains possible, serve. Arguments: this code's folder, the canary, the limits as JSON."""
    code_folder, canary, limits = sys.argv[1:4]
    # Libraries that print must not reach the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    measures = lock_down(code_folder)
    send(answers, {"hello": {**measures, **state(canary)}})
    serve(sys.stdin.buffer, answers, json.loads(limits))
    sys.stdout.flush()
