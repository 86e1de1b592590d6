"""The process that writes a file, fed with rows as they are read: what it holds is never in the worker's memory."""

import json
import logging
import pickle
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import batched
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Invalid, TryAgain, Unavailable
from gis_core.files.reader.launch import python
from gis_core.files.writing.rows import Row
from gis_core.files.writing.wire import FileFormat, FileLayer, Order

log = logging.getLogger("arpent.exports")
AT_A_TIME = 2_000

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "GDAL_CACHEMAX": "64",
    "GDAL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


class Child:
    """One file in the making. Leaving before `finish` ends the process; the caller removes what it wrote."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def __enter__(self) -> Self:
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [python(), "-B", "-m", "gis_core.files.writing.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            cwd=settings.BASE_DIR,
            env=ENVIRONMENT | {"TMPDIR": str(self.order.folder)},
            start_new_session=True,
        )
        try:
            self.send(self.order)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            # What is still to be sent has nobody to go to.
            with suppress(OSError):
                pipe.close() if pipe else None

    def layer(self, described: FileLayer) -> None:
        self.send(described)

    def rows(self, rows: Sequence[Row]) -> None:
        self.send(rows)

    def end_layer(self) -> None:
        self.send(None)

    def finish(self) -> list[dict[str, Any]]:
        """What became of each layer. Raises Invalid or Unavailable, in words."""
        self.send(None)
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        answer = self.answer()
        if "layers" not in answer:
            raise refusal(answer)
        layers: list[dict[str, Any]] = answer["layers"]
        return layers

    def send(self, what: object) -> None:
        """Hand an object over to the process. Raises Invalid or Unavailable when it has given up."""
        assert self.process.stdin
        try:
            pickle.dump(what, self.process.stdin, protocol=5)
        except OSError:
            self.give_up()

    def give_up(self) -> NoReturn:
        raise refusal(self.answer()) from None

    def answer(self) -> dict[str, Any]:
        """What the process says last; that it was killed, or ended without a word."""
        assert self.process.stdout
        text = self.process.stdout.read()
        self.process.wait()
        try:
            answer: dict[str, Any] = json.loads(text)
        except ValueError:
            self.errors.seek(0)
            said = self.errors.read()[-2_000:].decode(errors="replace")
            code = self.process.returncode
            log.error("the writer ended early", extra={"fields": {"code": code, "said": said}})
            return {"trouble": "killed" if code < 0 else "ended"}
        return answer


def geopackage_file(layer: FileLayer, rows: Iterable[Row]) -> bytes:
    """The bytes of a GeoPackage of one layer, written in a folder that is removed. Raises Invalid or Unavailable."""
    return layers_file("gpkg", layer.name, [(layer, rows)])


def layers_file(file_format: FileFormat, stem: str, layers: Iterable[tuple[FileLayer, Iterable[Row]]]) -> bytes:
    """The bytes of one file of these layers, written in a folder that is removed. Raises Invalid or Unavailable."""
    with tempfile.TemporaryDirectory(prefix="arpent-geopackage-") as folder:
        order = Order(file_format, Path(folder), stem)
        try:
            with Child(order) as child:
                for layer, rows in layers:
                    child.layer(layer)
                    for some in batched(rows, AT_A_TIME, strict=False):
                        child.rows(some)
                    child.end_layer()
                child.finish()
        except TryAgain as error:  # Nobody waits for it but who asked.
            raise Unavailable(_("The file could not be written; the reason has been recorded.")) from error
        return order.path.read_bytes()


def refusal(answer: dict[str, Any]) -> ArpentError:
    """The words of a trouble."""
    params = answer.get("params", {})
    match answer.get("trouble"):
        case "full":
            return Unavailable(_("The file cannot be written: the disk is full."))
        case "killed":
            return TryAgain(_("The program that writes the file was stopped by the system: the export is tried again."))
        case "too_large":
            return Invalid(
                _("A Shapefile holds at most 2 GB: narrow the selection down, or export a GeoPackage instead.")
            )
        case "one_layer":
            return Invalid(_("A GeoParquet file holds one layer: export them one by one."))
        case "drawing_too_large":
            return Invalid(_("The drawing is larger than %(most)s MB: narrow the selection down.") % params)
        case "too_many_fields":
            return Invalid(_("This format holds at most %(most)s fields: export a GeoPackage instead.") % params)
        case "too_many_rows":
            return Invalid(
                _("A sheet holds at most %(most)s objects: narrow the selection down, or export a GeoPackage instead.")
                % params
            )
    log.error("a file could not be written", extra={"fields": {"said": params.get("said", "")}})
    return Unavailable(_("The file could not be written; the reason has been recorded."))
