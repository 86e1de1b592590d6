"""The child's loop: one JSON request per line on standard input, one frame per answer on standard output."""

import gzip
import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from . import table
from .files import regular
from .geojson import GeoJsonFile
from .lockdown import lock_down, state
from .names import check_name
from .raster import Images
from .rows import Problem, Row, make_batches
from .trouble import Trouble
from .unused import leave_out
from .wire import Blob, send

if TYPE_CHECKING:
    from .vectors import Vectors

GZIP_MAGIC = b"\x1f\x8b"
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
VECTOR_OPERATIONS = {"survey", "copy", "style"}
IMAGE_OPERATIONS = {"raster", "pixels", "sample"}

type Answer = tuple[dict[str, Any], Sequence[Blob]]


class Session:
    """What the child remembers between requests: the last file and the batches still to be asked for."""

    def __init__(self, limits: dict[str, int]) -> None:
        self._limits = limits
        self._images: Images | None = None
        self._vectors: Vectors | None = None
        self._file: tuple[str, GeoJsonFile] | None = None
        self._answers: Iterator[Answer] = iter(())

    def answer(self, request: dict[str, Any]) -> Answer:
        """Answer of one request; raises Trouble."""
        operation = request["op"]
        if operation == "next":
            return next(self._answers, ({"done": True}, ()))
        if operation == "inspect":
            return {"info": self._geojson(check_name(request["name"])).inspect()}, ()
        if operation in IMAGE_OPERATIONS:
            return self._image(operation, request)
        if operation == "deliver":
            return self._delivery(request)
        if operation == "plans":
            return self._plans(request)
        if operation in VECTOR_OPERATIONS:
            return self._vector(operation, request)
        if operation == "lines":
            return self._lines(check_name(request["name"]))
        if operation == "epanet":
            return self._epanet(check_name(request["name"]))
        if operation == "document":
            from .document import document

            return {"info": document(check_name(request["name"]), self._limits)}, ()
        if operation == "picture":
            from .picture import picture

            info, blobs = picture(check_name(request["name"]), request["recipe"])
            return {"info": info}, blobs
        batches = make_batches(self._rows(operation, request), int(request["size"]))
        self._answers = (batch.message() for batch in batches)
        return {}, ()

    def _vector(self, operation: str, request: dict[str, Any]) -> Answer:
        name, label = check_name(request["name"]), str(request["label"])
        regular(name).close()
        if self._vectors is None:
            # Takes a quarter of a second, which a GeoJSON file read in Python need not wait for.
            from .vectors import Vectors

            self._vectors = Vectors(self._limits)
        if operation == "survey":
            return {"info": self._vectors.info(name, label, request["reading"], request.get("rows"))}, ()
        if operation == "style":
            return {"style": self._vectors.style(name, request["layer"])}, ()
        self._answers = self._vectors.copy(name, label, request["layer"], request["plan"])
        return {}, ()

    def _lines(self, name: str) -> Answer:
        from .lines import frames

        return self._answer_in_frames(name, frames, "other_format_lines")

    def _epanet(self, name: str) -> Answer:
        from .epanet import frames

        return self._answer_in_frames(name, frames, "other_format_epanet")

    def _answer_in_frames(self, name: str, frames: Callable[..., Any], refusal: str) -> Answer:
        """What a file holds, in frames of answers; `refusal` is the code of one that is of another format."""
        try:
            stream = self._stream(name)
        except Trouble as trouble:
            if trouble.code != "other_format":
                raise
            raise Trouble(refusal, **trouble.params) from trouble
        self._answers = frames(stream, self._limits)
        return {}, ()

    def _delivery(self, request: dict[str, Any]) -> Answer:
        from .delivery import deliver_files, in_place

        name = check_name(request["name"])
        whole = bool(request.get("whole"))
        self._answers = in_place(name) if request["unpacked"] else deliver_files(name, self._limits, whole=whole)
        return {}, ()

    def _plans(self, request: dict[str, Any]) -> Answer:
        from . import plans

        names = [check_name(name) for name in request["names"]]
        self._answers = plans.deliveries(names, int(request["skip"]), self._limits)
        return {}, ()

    def _image(self, operation: str, request: dict[str, Any]) -> Answer:
        name = check_name(request["name"])
        if self._images is None:
            self._images = Images(self._limits)
        heights = bool(request["heights"])
        if operation == "raster":
            return {"info": self._images.info(name, heights=heights)}, ()
        bands = [int(band) for band in request["bands"]]
        if operation == "sample":
            return self._images.sample(name, bands, int(request["size"]), heights=heights)
        self._answers = self._images.strips(name, bands, int(request["rows"]), heights=heights)
        return {}, ()

    def _rows(self, operation: str, request: dict[str, Any]) -> Iterator[Row | Problem]:
        name = check_name(request["name"])
        if operation == "records":
            return table.rows(lambda: self._stream(name), self._limits)
        return self._geojson(name).rows()

    def _geojson(self, name: str) -> GeoJsonFile:
        if self._file is None or self._file[0] != name:
            self._file = name, GeoJsonFile(lambda: self._stream(name), self._limits)
        return self._file[1]

    def _stream(self, name: str) -> BinaryIO:
        raw = regular(name)
        start = raw.read(HEAD)
        raw.seek(0)
        if not start:
            raise Trouble("empty_file")
        _refuse_other_formats(start)
        if not start.startswith(GZIP_MAGIC):
            return raw
        _refuse_other_formats(_decompress_head(raw))
        raw.seek(0)
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))


def _refuse_other_formats(start: bytes) -> None:
    for magic, name in MAGICS.items():
        if start.startswith(magic):
            raise Trouble("other_format", found=name)
    if start[TAR_MAGIC] == TAR:
        raise Trouble("other_format", found="tar")


def _decompress_head(raw: BinaryIO) -> bytes:
    """The first bytes inside; what is wrong with the compression is told by whoever reads on."""
    try:
        return gzip.GzipFile(fileobj=raw).read(HEAD)
    except (EOFError, OSError, zlib.error):
        return b""


def serve(requests: BinaryIO, answers: BinaryIO, limits: dict[str, int]) -> None:
    """Answer until standard input ends; a failed allocation ends the child after it was told."""
    session = Session(limits)
    for line in requests:
        try:
            message, blobs = session.answer(json.loads(line))
        except Trouble as trouble:
            message, blobs = {"trouble": [trouble.code, trouble.params]}, ()
        except RecursionError:
            message, blobs = {"trouble": ["too_deep_anywhere", {}]}, ()
        except MemoryError:
            session = Session(limits)
            message, blobs = {"trouble": ["too_much_memory", {}], "last": True}, ()
        send(answers, {**message, "cpu": time.process_time()}, *blobs)
        if message.get("last"):
            return


def main() -> None:
    """Lock down, say what remains possible, serve. Arguments: this code's folder, the canary, the limits as JSON."""
    code_folder, canary, limits = sys.argv[1:4]
    # Libraries that print must not reach the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    leave_out()
    measures = lock_down(code_folder)
    send(answers, {"hello": {**measures, **state(canary)}})
    serve(sys.stdin.buffer, answers, json.loads(limits))
    sys.stdout.flush()
