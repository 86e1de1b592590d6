"""The restricted reader: opens untrusted files in a child process and hands over checked rows."""

from __future__ import annotations

import os
import shutil
import stat
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from django.conf import settings

from gis_core.files.reader import launch, rasters, texts, vectors
from gis_core.files.reader.archives import Part, Unpacking
from gis_core.files.reader.child import names
from gis_core.files.reader.child.trouble import Trouble
from gis_core.files.reader.child_process import ChildProcess
from gis_core.files.reader.documents import Document, parse_document
from gis_core.files.reader.epanet import EpanetNetwork, parse_network
from gis_core.files.reader.limits import Limits
from gis_core.files.reader.pictures import Pictures, Recipe, parse_pictures
from gis_core.files.reader.plans import PlanSheet, RefusedSheet, parse_plan
from gis_core.files.reader.problems import Problem, ReaderKilled, ReaderUnavailable, ReadRefused
from gis_core.files.reader.rasters import RasterInfo, Strip
from gis_core.files.reader.texts import Lines
from gis_core.files.reader.vectors import Batch, Chunk, CopyPlan, FileInfo, LayerInfo, Reading

BATCH = 1000
COPY_CHUNK = 1 << 20
STRIP_ROWS = 512
SAMPLE_SIZE = 512


def usual_root() -> Path:
    return Path(settings.DATA_DIR) / "quarantine"


def sweep_quarantine() -> None:
    """Remove what killed readers left behind, which may be of owners."""
    launch.forget_left(usual_root())


class RestrictedReader(ChildProcess):
    """One warm child that reads several files of a job, one after the other.

    Files are first copied into quarantine by `admit`, whose answer names them from then on. Raises ReadRefused for
    what is wrong with a file (the next one can still be read), ReaderKilled when the child was killed for no fault of
    the file's, and ReaderUnavailable without isolation.
    """

    def __init__(self, limits: Limits | None = None, *, quarantine_root: Path | None = None) -> None:
        super().__init__(limits or Limits())
        self._root = quarantine_root or usual_root()
        self._admitted = 0
        self._parts: dict[str, list[Part]] = {}
        self._labels: dict[str, str] = {}
        self._close_all = ExitStack()
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
            self._take(source, folder / _quarantine_name(source, path), link=link)
        name = f"{self._admitted}/{_quarantine_name(path)}"
        self._labels[name] = path.name
        return name

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
        for gone in (self._check_name(name), *inside):
            self._labels.pop(gone, None)
            shutil.rmtree(self._folders().files / gone.split("/")[0], ignore_errors=True)

    def unpack(self, name: str) -> list[Part]:
        """Every file of an admitted ZIP archive, under a name that the other methods take; `label` is its path there.

        Those that differ by their extension alone lie in one folder of the quarantine, as a .dbf and its .shp must.
        """
        parts = self._deliver(self._check_name(name), unpacked=False, whole=True)
        self._labels |= {part.name: part.label for part in parts if part.name not in self._labels}
        return parts

    def path_of(self, name: str) -> Path:
        """Where an admitted file lies, for bytes that are kept without being looked at."""
        return self._folders().files / self._check_name(name)

    def inspect(self, name: str, *, reading: Reading | None = None, rows: int | None = None) -> FileInfo:
        """What an admitted GeoJSON file is, read through once; every problem of the whole file shows here.

        What is answered names the file that was asked for (`file`), and so does ReadRefused.

        With a `reading`, the file may be of any format that a layer can come from, or an archive of such files, and
        much more is told of its layers; coordinates that contradict their system are told, not refused. About so many
        `rows` of each layer are then enough to tell it by.
        """
        label = self._labels.get(name, "")
        try:
            return replace(self._read_info(name, reading, rows), file=label)
        except ReadRefused as refused:
            refused.file = label
            raise

    def copy(self, name: str, *, plan: CopyPlan, layer: str | None = None) -> Iterator[Chunk]:
        """The rows of a layer (the first one for None) as lines for COPY FROM STDIN, in file order."""
        part, inner = self._find_part(name, layer)
        request = {"op": "copy", "name": part.name, "label": part.label, "layer": inner, "plan": plan.to_json()}
        for answer, blob in self._stream_of(request):
            yield self._sensible(vectors.parse_chunk, answer, blob)

    def style(self, name: str, *, layer: str | None = None) -> str:
        """The QGIS style (QML) that an admitted file keeps of a layer, as it stands there; "" for none."""
        part, inner = self._find_part(name, layer)
        answer, _ = self._ask({"op": "style", "name": part.name, "label": part.label, "layer": inner})
        return self._sensible(lambda: str(answer["style"]))

    def features(self, name: str, *, batch_size: int = BATCH) -> Iterator[Batch]:
        """Features of an admitted GeoJSON file. One reading at a time: a new one ends the one before."""
        return self._batches({"op": "features", "name": self._check_name(name), "size": batch_size})

    def records(self, name: str, *, batch_size: int = BATCH) -> Iterator[Batch]:
        """Objects of an admitted JSON array, as features without geometry."""
        return self._batches({"op": "records", "name": self._check_name(name), "size": batch_size})

    def lines(self, name: str) -> Iterator[Lines]:
        """The lines of an admitted text file, for formats of fixed width."""
        for answer, blob in self._stream_of({"op": "lines", "name": self._check_name(name)}):
            yield self._sensible(texts.parse_lines, answer, blob.tobytes())

    def epanet(self, name: str) -> EpanetNetwork:
        """The network in an admitted EPANET input file, read by a child of its own: beside GDAL there is no room for
        WNTR (`Limits.memory_bytes`).
        """
        self._end_child()
        try:
            frames = self._stream_of({"op": "epanet", "name": self._check_name(name)})
            return self._sensible(parse_network, [answer for answer, _blob in frames])
        finally:
            self._end_child()

    def plans(self, names: Sequence[str]) -> Iterator[tuple[str, PlanSheet | RefusedSheet]]:
        """The sheets of admitted EDIGéO deliveries (a .THF with its companions, an archive), each with its delivery.

        The next sheet is read while one is used. What ends the reading of one delivery leaves the others.
        """
        waiting, taken = [self._check_name(name) for name in names], 0
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

    def raster(self, name: str, *, heights: bool = False) -> RasterInfo:
        """What the headers of an admitted image say; of a model of heights where it is to be one."""
        self._renew_if_tired()
        answer, _ = self._ask({"op": "raster", "name": self._check_name(name), "heights": heights})
        return self._sensible(rasters.parse_info, answer)

    def pixels(
        self, name: str, bands: Sequence[int] = (1, 2, 3), rows: int = STRIP_ROWS, *, heights: bool = False
    ) -> Iterator[Strip]:
        """The image from top to bottom, in strips of about `rows` rows: the child decodes one while another is used."""
        info = self.raster(name, heights=heights)
        about = {"name": self._check_name(name), "heights": heights}
        request = {"op": "pixels", **about, "bands": list(bands), "rows": rows}
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
        answer, _ = self._ask({"op": "document", "name": self._check_name(name)})
        return self._sensible(parse_document, answer)

    def picture(self, name: str, recipe: Recipe) -> Pictures:
        """An admitted picture, decoded within limits and made anew."""
        self._renew_if_tired()
        answer, blob = self._ask({"op": "picture", "name": self._check_name(name), "recipe": recipe.to_json()})
        return self._sensible(parse_pictures, answer, blob.tobytes(), recipe)

    def sample(
        self, name: str, bands: Sequence[int], size: int = SAMPLE_SIZE, *, heights: bool = False
    ) -> np.ma.MaskedArray[Any, Any]:
        """The image thinned out to at most `size` pixels a side, (rows, columns, bands), its invalid pixels masked."""
        self._renew_if_tired()
        about = {"name": self._check_name(name), "heights": heights}
        answer, blob = self._ask({"op": "sample", **about, "bands": list(bands), "size": size})
        return self._sensible(rasters.parse_sample, answer, blob, len(bands))

    def _read_info(self, name: str, reading: Reading | None, rows: int | None) -> FileInfo:
        self._renew_if_tired()
        if reading is not None:
            return self._survey(name, reading, rows)
        answer, _ = self._ask({"op": "inspect", "name": self._check_name(name)})
        return self._sensible(vectors.parse_file, answer)

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

    def _find_part(self, name: str, layer: str | None) -> tuple[Part, str | None]:
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
        checked = self._check_name(name)
        if checked not in self._parts:
            parts = self._deliver(checked, unpacked=False)
            inside = [part for part in parts if part.name.split("/")[0] != checked.split("/")[0]]
            for part in inside:
                self._deliver(part.name, unpacked=True)
            self._parts[checked] = parts
        return self._parts[checked]

    def _deliver(self, name: str, *, unpacked: bool, whole: bool = False) -> list[Part]:
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

    def _check_name(self, name: str) -> str:
        try:
            return names.check_name(name)
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
                if not (link and self._link(opened, target)):
                    self._copy_bounded(opened, target)
            except OSError as error:
                raise no_quarantine(error) from error

    def _link(self, opened: IO[bytes], target: Path) -> bool:
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


def _quarantine_name(path: Path, main: Path | None = None) -> str:
    """A plain name, the extension in lower case, the stem that of the file it belongs to: GDAL looks for them so."""
    same = main is not None and path.stem.lower() == main.stem.lower()
    plain = Path(names.plain((main if main and same else path).stem + path.suffix))
    return plain.stem + plain.suffix.lower()


def no_quarantine(error: OSError) -> ReaderUnavailable:
    """Words for a quarantine folder that cannot be written: full disk, missing right."""
    return ReaderUnavailable("no_quarantine", reason=os.strerror(error.errno or 0))
