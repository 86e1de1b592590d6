"""The restricted reader: opens untrusted files in a child process and hands over checked rows."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import resource
import select
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn, Self

import numpy as np
from django.conf import settings

from gis_core.files.reader import launch, rasters, texts, vectors
from gis_core.files.reader.archives import Part, Unpacking
from gis_core.files.reader.child import names, wire
from gis_core.files.reader.child.trouble import Trouble
from gis_core.files.reader.documents import Document, parse_document
from gis_core.files.reader.epanet import EpanetNetwork, parse_network
from gis_core.files.reader.limits import Limits
from gis_core.files.reader.pictures import Pictures, Recipe, parse_pictures
from gis_core.files.reader.plans import PlanSheet, RefusedSheet, parse_plan
from gis_core.files.reader.problems import Problem, ReaderKilled, ReaderUnavailable, ReadRefused
from gis_core.files.reader.rasters import Pixels, RasterInfo, Strip
from gis_core.files.reader.texts import Lines
from gis_core.files.reader.vectors import Batch, Chunk, CopyPlan, FileInfo, LayerInfo, Reading

logger = logging.getLogger(__name__)

BATCH = 1000
COPY_CHUNK = 1 << 20
PIPE_BYTES = 1 << 20
STRIP_ROWS = 512
SAMPLE_SIZE = 512


def usual_root() -> Path:
    return Path(settings.DATA_DIR) / "quarantine"


def sweep_quarantine() -> None:
    """Remove what killed readers left behind, which may be of owners."""
    launch.forget_left(usual_root())


class RestrictedReader:
    """One warm child that reads several files of a job, one after the other.

    Files are first copied into quarantine by `admit`, whose answer names them from then on. Raises ReadRefused for
    what is wrong with a file (the next one can still be read), ReaderKilled when the child was killed for no fault of
    the file's, and ReaderUnavailable without isolation.
    """

    _recipe: launch.Recipe | None = None

    def __init__(self, limits: Limits | None = None, *, quarantine_root: Path | None = None) -> None:
        self.limits = limits or Limits()
        self.isolation: Mapping[str, Any] = {}
        self._root = quarantine_root or usual_root()
        self._quarantine: launch.Quarantine | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._admitted = 0
        self._cpu = 0.0
        self._killed_before = 0
        self._stream = 0
        self._due = 0
        self._parts: dict[str, list[Part]] = {}
        self._early: tuple[dict[str, Any], Pixels] | ReadRefused | ReaderKilled | None = None
        self._close_child, self._close_all = ExitStack(), ExitStack()
        # A reader that is lost while it is open (an interruption, an error that nobody closes after) leaves nothing.
        # Not when the interpreter ends: that of a forked process would end the readers of its parent.
        weakref.finalize(self, self._close_all.close).atexit = False

    def __enter__(self) -> Self:
        if self._quarantine:
            raise RuntimeError("the reader is open already")
        try:
            self._quarantine = launch.Quarantine.create(self._root)
        except OSError as error:
            raise no_quarantine(error) from error
        self._close_all.callback(self._quarantine.remove)
        self._close_all.callback(self._close_child.close)
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child and remove the quarantine folder."""
        self._end_child()
        self._close_all.close()
        self._quarantine = None

    def admit(self, path: Path, *companions: Path, link: bool = False) -> str:
        """Copy a file (and those that belong to it, as a .dbf to its .shp) into quarantine; returns its name there.

        With `link`, a hard link in place of a copy where the file system and the rights allow it: for large files that
        nobody changes meanwhile.
        """
        self._admitted += 1
        folder = self._folders().files / str(self._admitted)
        folder.mkdir()
        folder.chmod(0o755)
        for source in (path, *companions):
            self._take(source, folder / _quarantined(source, path), link=link)
        return f"{self._admitted}/{_quarantined(path)}"

    def admit_stream(self, stream: IO[bytes]) -> str:
        """Copy what can be read of a stream into quarantine, from its beginning; returns its name there."""
        self._admitted += 1
        folder = self._folders().files / str(self._admitted)
        folder.mkdir()
        folder.chmod(0o755)
        stream.seek(0)
        try:
            self._copy_bounded(stream, folder / "file")
        except OSError as error:
            raise no_quarantine(error) from error
        return f"{self._admitted}/file"

    def dismiss(self, name: str) -> None:
        """Remove an admitted file, and what was unpacked from it, before the reader is closed."""
        inside = [part.name for part in self._parts.pop(name, [])]
        for gone in (self._checked(name), *inside):
            shutil.rmtree(self._folders().files / gone.split("/")[0], ignore_errors=True)

    def unpack(self, name: str) -> list[Part]:
        """Every file of an admitted ZIP archive, under a name that the other methods take; `label` is its path there.

        Those that differ by their extension alone lie in one folder of the quarantine, as a .dbf and its .shp must.
        """
        return self._delivered(self._checked(name), unpacked=False, whole=True)

    def path_of(self, name: str) -> Path:
        """Where an admitted file lies, for bytes that are kept without being looked at."""
        return self._folders().files / self._checked(name)

    def inspect(self, name: str, *, reading: Reading | None = None, rows: int | None = None) -> FileInfo:
        """What an admitted GeoJSON file is, read through once; every problem of the whole file shows here.

        With a `reading`, the file may be of any format that a layer can come from, or an archive of such files, and
        much more is told of its layers; coordinates that contradict their system are told, not refused. About so many
        `rows` of each layer are then enough to tell it by.
        """
        self._renew_if_tired()
        if reading is not None:
            return self._survey(name, reading, rows)
        answer, _ = self._ask({"op": "inspect", "name": self._checked(name)})
        return self._sensible(vectors.parse_file, answer)

    def copy(self, name: str, *, plan: CopyPlan, layer: str | None = None) -> Iterator[Chunk]:
        """The rows of a layer (the first one for None) as lines for COPY FROM STDIN, in file order."""
        part, inner = self._chosen(name, layer)
        request = {"op": "copy", "name": part.name, "label": part.label, "layer": inner, "plan": plan.to_json()}
        for answer, blob in self._stream_of(request):
            yield self._sensible(vectors.parse_chunk, answer, blob)

    def features(self, name: str, *, batch_size: int = BATCH) -> Iterator[Batch]:
        """Features of an admitted GeoJSON file. One reading at a time: a new one ends the one before."""
        return self._batches({"op": "features", "name": self._checked(name), "size": batch_size})

    def records(self, name: str, *, batch_size: int = BATCH) -> Iterator[Batch]:
        """Objects of an admitted JSON array, as features without geometry."""
        return self._batches({"op": "records", "name": self._checked(name), "size": batch_size})

    def lines(self, name: str) -> Iterator[Lines]:
        """The lines of an admitted text file, for formats of fixed width."""
        for answer, blob in self._stream_of({"op": "lines", "name": self._checked(name)}):
            yield self._sensible(texts.parse_lines, answer, blob.tobytes())

    def epanet(self, name: str) -> EpanetNetwork:
        """The network in an admitted EPANET input file."""
        frames = self._stream_of({"op": "epanet", "name": self._checked(name)})
        return self._sensible(parse_network, [answer for answer, _blob in frames])

    def plans(self, names: Sequence[str]) -> Iterator[tuple[str, PlanSheet | RefusedSheet]]:
        """The sheets of admitted EDIGéO deliveries (a .THF with its companions, an archive), each with its delivery.

        The next sheet is read while one is used. What ends the reading of one delivery leaves the others.
        """
        waiting, taken = [self._checked(name) for name in names], 0
        while waiting:
            # A child that dies after it gave something of a delivery is asked for the rest of that one alone.
            requested = waiting[:1] if taken else list(waiting)
            left = len(waiting) - len(requested)
            try:
                for answer, blob in self._stream_of({"op": "plans", "names": requested, "skip": taken}):
                    if over := self._sensible(range(len(waiting)).index, answer["ended"]):
                        del waiting[:over]
                        taken = 0
                    taken += 1
                    yield waiting[0], self._sensible(parse_plan, answer, blob.tobytes())
                del waiting[: len(waiting) - left]
            except (ReadRefused, ReaderKilled) as ended:
                if taken and len(requested) > 1:
                    continue
                if isinstance(ended, ReaderKilled):
                    raise
                yield waiting.pop(0), RefusedSheet("", ended.problem)
            taken = 0

    def raster(self, name: str) -> RasterInfo:
        """What the headers of an admitted image say."""
        self._renew_if_tired()
        answer, _ = self._ask({"op": "raster", "name": self._checked(name)})
        return self._sensible(rasters.parse_info, answer)

    def pixels(self, name: str, bands: Sequence[int] = (1, 2, 3), rows: int = STRIP_ROWS) -> Iterator[Strip]:
        """The image from top to bottom, in strips of about `rows` rows: the child decodes one while another is used."""
        info = self.raster(name)
        request = {"op": "pixels", "name": self._checked(name), "bands": list(bands), "rows": rows}
        row = 0
        for answer, blob in self._stream_of(request):
            strip = self._sensible(rasters.parse_strip, answer, blob, info, len(bands), row)
            row += len(strip.pixels)
            yield strip
        if row != info.height:
            raise ReadRefused(Problem("reader_fault"))

    def document(self, name: str) -> Document:
        """What an admitted PDF, DOCX or ODT file is; a PDF is opened, and each of its pages read."""
        self._renew_if_tired()
        answer, _ = self._ask({"op": "document", "name": self._checked(name)})
        return self._sensible(parse_document, answer)

    def picture(self, name: str, recipe: Recipe) -> Pictures:
        """An admitted picture, decoded within limits and made anew."""
        self._renew_if_tired()
        answer, blob = self._ask({"op": "picture", "name": self._checked(name), "recipe": recipe.to_json()})
        return self._sensible(parse_pictures, answer, blob.tobytes(), recipe)

    def sample(self, name: str, bands: Sequence[int], size: int = SAMPLE_SIZE) -> np.ma.MaskedArray[Any, Any]:
        """The image thinned out to at most `size` pixels a side, (rows, columns, bands), its invalid pixels masked."""
        self._renew_if_tired()
        answer, blob = self._ask({"op": "sample", "name": self._checked(name), "bands": list(bands), "size": size})
        return self._sensible(rasters.parse_sample, answer, blob, len(bands))

    def _survey(self, name: str, reading: Reading, rows: int | None) -> FileInfo:
        """All layers of all parts; a part that cannot be read spoils the others only when there are none."""
        parts = self._parts_of(name)
        infos: list[FileInfo] = []
        layers: list[LayerInfo] = []
        unread: list[tuple[str, Problem]] = []
        for part in parts:
            try:
                info = self._survey_part(part, reading, rows)
            except ReadRefused as refused:
                if len(parts) == 1:
                    raise
                unread.append((part.label, refused.problem))
                continue
            infos.append(info)
            unread += [(name if len(parts) == 1 else f"{part.label}/{name}", problem) for name, problem in info.unread]
            layers += info.layers if len(parts) == 1 else vectors.layers_of_part(part.label, info)
        if not infos:
            raise ReadRefused(unread[0][1])
        formats = dict.fromkeys(info.format for info in infos)
        return FileInfo(", ".join(formats), tuple(layers), infos[0].notes, tuple(unread))

    def _survey_part(self, part: Part, reading: Reading, rows: int | None) -> FileInfo:
        self._renew_if_tired()
        request = {"op": "survey", "name": part.name, "label": part.label, "reading": reading.to_json(), "rows": rows}
        answer, _ = self._ask(request)
        return self._sensible(vectors.parse_file, answer)

    def _chosen(self, name: str, layer: str | None) -> tuple[Part, str | None]:
        """The part that a layer is in, and its name there."""
        parts = self._parts_of(name)
        if len(parts) == 1 or layer is None:
            return parts[0], layer
        for part in sorted(parts, key=lambda part: -len(part.label)):
            if layer == part.label:
                return part, None
            if layer.startswith(f"{part.label}/"):
                return part, layer.removeprefix(f"{part.label}/")
        raise ReadRefused(Problem("unknown_layer", {"name": layer[:100]}))

    def _parts_of(self, name: str) -> list[Part]:
        """The datasets of an admitted file, unpacked the first time."""
        checked = self._checked(name)
        if checked not in self._parts:
            parts = self._delivered(checked, unpacked=False)
            inside = [part for part in parts if part.name.split("/")[0] != checked.split("/")[0]]
            for part in inside:
                self._delivered(part.name, unpacked=True)
            self._parts[checked] = parts
        return self._parts[checked]

    def _delivered(self, name: str, *, unpacked: bool, whole: bool = False) -> list[Part]:
        self._renew_if_tired()
        folder = name.split("/")[0]
        unpacking = Unpacking(self._folders().files, folder, self._admitted + 1, self.limits.file_bytes)
        request = {"op": "deliver", "name": name, "unpacked": unpacked, "whole": whole}
        try:
            for answer, blob in self._stream_of(request):
                self._sensible(unpacking.take, answer, blob)
        except OSError as error:
            raise no_quarantine(error) from error
        finally:
            self._admitted += len(unpacking.folders)
            if not unpacking.parts:
                unpacking.undo()
        if not unpacking.parts:
            raise ReadRefused(Problem("reader_fault"))
        return unpacking.parts

    def _batches(self, request: dict[str, Any]) -> Iterator[Batch]:
        for answer, blob in self._stream_of(request):
            yield self._sensible(vectors.parse_batch, answer, blob.tobytes())

    def _stream_of(self, request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Pixels]]:
        """Answers of a reading, each asked for before the one before it is used."""
        self._renew_if_tired()
        self._ask(request)
        self._stream += 1
        mine, self._early = self._stream, None
        self._send({"op": "next"})
        while True:
            if mine != self._stream:
                raise RuntimeError("another reading began before this one ended")
            answer, blob = self._taken_early() or self._answer()
            if answer.get("done"):
                return
            self._send({"op": "next"})
            yield answer, blob

    def _checked(self, name: str) -> str:
        try:
            return names.checked(name)
        except Trouble as trouble:
            raise ReadRefused(Problem(trouble.code, trouble.params)) from None

    def _take(self, source: Path, target: Path, *, link: bool) -> None:
        # A directory does not open and opening a pipe waits for ever: look before.
        if source.exists() and not source.is_file():
            raise ReadRefused(Problem("not_a_file"))
        try:
            opened = source.open("rb")
        except OSError as error:
            raise ReadRefused(Problem("missing_file", {"name": source.name})) from error
        with opened:
            try:
                if not (link and self._linked(opened, target)):
                    self._copy_bounded(opened, target)
            except OSError as error:
                raise no_quarantine(error) from error

    def _linked(self, opened: IO[bytes], target: Path) -> bool:
        """Whether a hard link stands for the copy: same file system, and the child's account may read the file."""
        state = os.fstat(opened.fileno())
        if os.geteuid() == 0 and not state.st_mode & stat.S_IROTH:
            return False
        if state.st_size > self.limits.file_bytes:
            raise ReadRefused(Problem("file_too_large", {"limit": self.limits.file_bytes}))
        try:
            # The opened file, not whatever its name means by now; a folder is named only so that linkat is called.
            descriptor = opened.fileno()
            os.link(f"/proc/self/fd/{descriptor}", target, src_dir_fd=descriptor, follow_symlinks=True)
        except OSError:
            return False
        return True

    def _copy_bounded(self, opened: IO[bytes], target: Path) -> None:
        copied = 0
        with target.open("xb") as copy:
            while chunk := opened.read(COPY_CHUNK):
                copied += len(chunk)
                if copied > self.limits.file_bytes:
                    raise ReadRefused(Problem("file_too_large", {"limit": self.limits.file_bytes}))
                copy.write(chunk)
        target.chmod(0o644)

    def _folders(self) -> launch.Quarantine:
        if self._quarantine is None:
            raise RuntimeError("the reader is not open: use it in a with statement")
        return self._quarantine

    def _start(self) -> None:
        """Start with the recipe that worked before, or try them all. Whatever was being read is over."""
        self._stream += 1
        known = RestrictedReader._recipe
        tried = []
        for recipe in [known] if known else launch.recipes():
            report = self._try(recipe)
            if report is None:
                RestrictedReader._recipe = recipe
                return
            tried.append(f"{recipe.name}: {report}")
        RestrictedReader._recipe = None
        raise ReaderUnavailable("not_isolated", tried="; ".join(tried))

    def _try(self, recipe: launch.Recipe) -> str | None:
        """None when the child started and is cut off, else why not."""
        self._errors = self._close_child.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        try:
            self._killed_before = launch.processes_killed_for_memory()
            self._child = launch.start(recipe, self.limits, self._folders(), self._errors)
            self._close_child.callback(launch.end, self._child)
            _widen(self._child)
            hello = self._receive(time.monotonic() + self.limits.start_seconds)[0].get("hello")
        except (_ChildGone, _OutOfTime, OSError) as error:
            report = self._last_error() or str(error)
            self._end_child()
            return report
        if not isinstance(hello, dict) or not launch.is_isolated(hello):
            self._end_child()
            return f"network {hello.get('network')}, files {hello.get('files')}" if isinstance(hello, dict) else "?"
        self.isolation = {**hello, "recipe": recipe.name}
        self._cpu = 0.0
        return None

    def _renew_if_tired(self) -> None:
        """A fresh child when there is none, or when the present one has used half of its processor time."""
        self._folders()
        if self._child is not None and self._cpu > self.limits.cpu_seconds / 2:
            self._end_child()
        if self._child is None:
            self._start()

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], Pixels]:
        """Answer to one request; the one that a reading under way has asked for is put by first."""
        if self._due:
            try:
                self._early = self._answer()
            except (ReadRefused, ReaderKilled) as refused:
                self._early = refused
        self._send(request)
        return self._answer()

    def _taken_early(self) -> tuple[dict[str, Any], Pixels] | None:
        """The answer that was put by, if any; raises it when it is a refusal."""
        early, self._early = self._early, None
        if isinstance(early, ReadRefused | ReaderKilled):
            raise early
        return early

    def _send(self, request: dict[str, Any]) -> None:
        child = self._child
        if child is None or child.stdin is None:
            raise ReadRefused(Problem("reader_stopped", {"status": "-"}))
        self._due += 1
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError:
            self._on_death(child)

    def _answer(self) -> tuple[dict[str, Any], Pixels]:
        """The next answer; whatever kills the child becomes a refusal of the file."""
        child = self._child
        if child is None:
            raise ReadRefused(Problem("reader_stopped", {"status": "-"}))
        try:
            answer, blob = self._receive(time.monotonic() + self.limits.wall_seconds)
            self._due -= 1
        except _OutOfTime:
            self._end_child()
            raise ReadRefused(Problem("took_too_long", {"seconds": self.limits.wall_seconds})) from None
        except (_ChildGone, OSError):
            self._on_death(child)
        except (ValueError, RecursionError):
            self._end_child()
            raise ReadRefused(Problem("reader_fault")) from None
        return self._accepted(answer), blob

    def _accepted(self, answer: dict[str, Any]) -> dict[str, Any]:
        cpu = answer.get("cpu")
        self._cpu = cpu if isinstance(cpu, float) else 0.0
        if answer.get("last"):
            self._end_child()
        if "trouble" in answer:
            raise ReadRefused(self._sensible(_file_problem, answer))
        return answer

    def _sensible[T](self, parse: Callable[..., T], *parts: Any) -> T:
        """Parse what the child said, distrusting it."""
        try:
            return parse(*parts)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._end_child()
            raise ReadRefused(Problem("reader_fault")) from None

    def _receive(self, deadline: float) -> tuple[dict[str, Any], Pixels]:
        text_size, blob_size = wire.HEADER.unpack(self._read(wire.HEADER.size, deadline))
        if text_size + blob_size > wire.FRAME_LIMIT:
            raise ValueError("frame too large")
        message = json.loads(self._read(text_size, deadline).tobytes())
        if not isinstance(message, dict):
            raise ValueError("frame is not an object")
        return message, self._read(blob_size, deadline)

    def _read(self, size: int, deadline: float) -> Pixels:
        child = self._child
        if child is None or child.stdout is None:
            raise _ChildGone
        data = np.empty(size, np.uint8)
        output, view, filled = child.stdout, memoryview(data), 0
        while filled < size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([output], [], [], left)[0]:
                raise _OutOfTime
            count = os.readv(output.fileno(), [view[filled:]])
            if not count:
                raise _ChildGone
            filled += count
        return data

    def _on_death(self, child: subprocess.Popen[bytes]) -> NoReturn:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            status = child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            status = 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        logger.warning("the restricted reader died with status %s: %s", status, self._last_error())
        self._end_child()
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and used >= self.limits.cpu_seconds):
            raise ReadRefused(Problem("too_much_cpu", {"seconds": self.limits.cpu_seconds}))
        if status in (-signal.SIGKILL, -signal.SIGTERM):
            for_memory = launch.processes_killed_for_memory() > self._killed_before
            raise ReaderKilled("killed_for_memory" if for_memory else "killed")
        raise ReadRefused(Problem("reader_stopped", {"status": status}))

    def _last_error(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read(1 << 20).decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    def _end_child(self) -> None:
        self._child, self._errors, self._due = None, None, 0
        self._close_child.close()


def _quarantined(path: Path, main: Path | None = None) -> str:
    """A plain name, the extension in lower case, the stem that of the file it belongs to: GDAL looks for them so."""
    same = main is not None and path.stem.lower() == main.stem.lower()
    plain = Path(names.plain((main if main and same else path).stem + path.suffix))
    return plain.stem + plain.suffix.lower()


def _widen(child: subprocess.Popen[bytes]) -> None:
    """Let more than a page of pixels wait in the pipe."""
    if child.stdout:
        with suppress(OSError):
            fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def no_quarantine(error: OSError) -> ReaderUnavailable:
    """Words for a quarantine folder that cannot be written: full disk, missing right."""
    return ReaderUnavailable("no_quarantine", reason=os.strerror(error.errno or 0))


class _ChildGone(Exception):  # noqa: N818
    """The child closed its output."""


class _OutOfTime(Exception):  # noqa: N818
    """The child did not answer in time."""


def _file_problem(answer: dict[str, Any]) -> Problem:
    code, params = answer["trouble"]
    return Problem(str(code), dict(params))
