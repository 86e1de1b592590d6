"""The EDIGéO sheets of a delivery: unpacked beside their THF file, in an archive, or in archives inside an archive.

Nothing is written down: a sheet is a few megabytes and is read in memory. What is wrong with one sheet, or with one
member of an archive, is told in its place, and the others are read.
"""

import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from . import edigeo
from .files import head_of, regular
from .packing import ARCHIVES, TAR, TAR_MAGIC, ZIP, Meter, check_path, is_hidden
from .trouble import Trouble
from .wire import Blob

FILES = (".thf", ".vec", ".geo", ".qal")
# A department is a ZIP of communes, which are archives of sheets, which are archives.
DEPTH = 3
ARCHIVE_BYTES = 128 << 20
UNPACKED_BYTES = 256 << 20
# tarfile unpacks a whole buffer, then copies what is left of it for every member: a small one is faster.
TAR_BUFFER = 1 << 15
PACKED = (b"BZh", b"\x1f\x8b", b"\xfd7zXZ")
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError)

type Answer = tuple[dict[str, Any], list[Blob]]
type Member = tuple[PurePosixPath, int, Callable[[], bytes]]
"""Path, size and content of a file of an archive."""


@dataclass(slots=True)
class Loose:
    """Files that lie unpacked in an archive, by folder; `spoilt` is what is wrong with one of the members."""

    folders: dict[str, dict[str, Callable[[], bytes]]] = field(default_factory=dict)
    spoilt: Trouble | None = None

    def add(self, path: PurePosixPath, read: Callable[[], bytes]) -> None:
        self.folders.setdefault(str(path.parent), {})[path.name.lower()] = read


def deliveries(names: list[str], skip: int, limits: Mapping[str, int]) -> Iterator[Answer]:
    """The sheets of each delivery but the first `skip` ones; each answer says how many deliveries ended before it."""
    ended = 0
    for name in names:
        for answer, blobs in islice(deliver_or_refuse(name, limits), skip, None):
            yield {"ended": ended, **answer}, blobs
            ended = 0
        skip = 0
        ended += 1


def deliver_or_refuse(name: str, limits: Mapping[str, int]) -> Iterator[Answer]:
    """At least one answer."""
    given = 0
    try:
        for given, answer in enumerate(deliver_sheets(name, limits), start=1):  # noqa: B007
            yield answer
        if not given:
            raise Trouble("edigeo_no_thf")
    except Trouble as trouble:
        yield refuse_sheet("", trouble)


def deliver_sheets(name: str, limits: Mapping[str, int]) -> Iterator[Answer]:
    """One answer per sheet: what it holds, or why it cannot be read. `name` is a THF file or an archive."""
    if Path(name).suffix.lower() == ".thf":
        beside = {path.name.lower(): partial(content_of, str(path)) for path in sorted(Path(name).parent.iterdir())}
        yield from sheets_beside("", beside)
        return
    if not head_of(name, 1):
        raise Trouble("empty_file")
    with regular(name) as opened:
        yield from archive(opened, "", Meter(Path(name).stat().st_size, limits["file_bytes"]), limits, DEPTH)


def content_of(name: str) -> bytes:
    with regular(name) as opened:
        return opened.read()


def archive(opened: IO[bytes], label: str, meter: Meter, limits: Mapping[str, int], depth: int) -> Iterator[Answer]:
    """The sheets of one archive; what is wrong with the archive as a whole comes last."""
    loose = Loose()
    try:
        for path, size, read in members(opened, meter, limits["members"], loose):
            inside = f"{label}/{path}" if label else str(path)
            if path.suffix.lower() in ARCHIVES:
                yield from read_nested(inside, size, read, limits, depth)
            elif path.suffix.lower() in FILES:
                loose.add(path, read)
        yield from unpack_sheets(label, loose)
    except DAMAGED as error:
        yield refuse_sheet(label, Trouble("archive_damaged", reason=str(error)[:200]))
    except Trouble as trouble:
        yield refuse_sheet(label, trouble)


def read_nested(
    label: str, size: int, read: Callable[[], bytes], limits: Mapping[str, int], depth: int
) -> Iterator[Answer]:
    """An archive in an archive."""
    if depth == 1:
        yield refuse_sheet(label, Trouble("archive_in_archive", name=PurePosixPath(label).name))
        return
    if size > ARCHIVE_BYTES:
        yield refuse_sheet(label, Trouble("file_too_large", limit=ARCHIVE_BYTES))
        return
    packed = read()
    yield from archive(io.BytesIO(packed), label, Meter(len(packed), UNPACKED_BYTES), limits, depth - 1)


def members(opened: IO[bytes], meter: Meter, limit: int, loose: Loose) -> Iterator[Member]:
    """The regular files of a ZIP or a TAR in any compression; any other member spoils what lies loose beside it."""
    start = opened.read(512)
    opened.seek(0)
    if start.startswith(ZIP):
        entries = read_zip(opened, loose)
    elif start.startswith(PACKED) or start[TAR_MAGIC] == TAR:
        entries = read_tar(opened, loose)
    else:
        raise Trouble("edigeo_not_archive")
    for number, (path, size, read) in enumerate(entries):
        if number >= limit:
            raise Trouble("archive_members", limit=limit)
        meter.add(size)
        if not is_hidden(path):
            yield path, size, read


def read_tar(opened: IO[bytes], loose: Loose) -> Iterator[Member]:
    """A stream: what lies loose is read as it passes, archives are given at once."""
    held = 0
    with tarfile.open(fileobj=opened, mode="r|*", bufsize=TAR_BUFFER) as archive:
        for entry in archive:
            path = sound(entry.name, loose, special=not (entry.isfile() or entry.isdir()))
            inside = archive.extractfile(entry) if path is not None else None
            if path is None or inside is None or path.suffix.lower() not in (*FILES, *ARCHIVES):
                continue
            if path.suffix.lower() in FILES:
                held += entry.size
            if max(entry.size, held) > UNPACKED_BYTES:
                raise Trouble("edigeo_tar_too_large", limit=UNPACKED_BYTES)
            yield path, entry.size, partial(bytes, inside.read())


def read_zip(opened: IO[bytes], loose: Loose) -> Iterator[Member]:
    """A file that can be read anywhere: contents are read when they are needed."""
    archive = zipfile.ZipFile(opened)
    for info in archive.infolist():
        path = sound(info.filename, loose, special=stat.S_ISLNK(info.external_attr >> 16))
        if path is None or info.is_dir():
            continue
        if info.flag_bits & 1:
            raise Trouble("archive_encrypted", name=str(path)[:200])
        yield path, info.file_size, partial(read_bounded, archive, info)


def read_bounded(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member that is no longer than it says, which was counted."""
    with archive.open(info) as inside:
        return inside.read(min(info.file_size, ARCHIVE_BYTES))


def sound(name: str, loose: Loose, *, special: bool) -> PurePosixPath | None:
    """The path of a member that may be read; None for one that leads elsewhere or is a link."""
    try:
        path = check_path(name)
    except Trouble as trouble:
        loose.spoilt = loose.spoilt or trouble
        return None
    if special:
        loose.spoilt = loose.spoilt or Trouble("archive_link", name=str(path)[:200])
        return None
    return path


def unpack_sheets(label: str, loose: Loose) -> Iterator[Answer]:
    """The sheets that lie loose, unless a member of their archive was not honest."""
    if loose.spoilt:
        raise loose.spoilt
    for folder, files in sorted(loose.folders.items()):
        inside = "/".join(part for part in (label, folder if folder != "." else "") if part)
        yield from sheets_beside(inside, files)


def sheets_beside(label: str, files: edigeo.Files) -> Iterator[Answer]:
    """The sheets of one folder, one for each THF file."""
    thf_files = [name for name in files if name.endswith(".thf")]
    if not thf_files:
        yield refuse_sheet(label, Trouble("edigeo_no_thf"))
    for thf in thf_files:
        inside = f"{label}/{thf.upper()}" if label else thf.upper()
        try:
            for sheet in edigeo.sheets(thf, files):
                answer, blobs = sheet.message()
                yield {"label": inside, "sheet": answer}, blobs
        except Trouble as trouble:
            yield refuse_sheet(inside, trouble)


def refuse_sheet(label: str, trouble: Trouble) -> Answer:
    return {"label": label, "refused": [trouble.code, trouble.params]}, []
