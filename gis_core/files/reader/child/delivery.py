"""What lies in a delivered file: archives are unpacked as a stream that the parent writes down, counted as it flows.

The child can write nothing. It names each file (folder, name) and gives its bytes; every dataset gets a folder of its
own, so that no two can disturb each other.
"""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from .charset import likeliest
from .files import head_of, regular
from .names import plain
from .packing import ARCHIVES, TAR, TAR_MAGIC, ZIP, Meter, check_path, is_hidden
from .shapefile import SHP_CODE, rebuild_index, sibling
from .trouble import Trouble
from .wire import Blob

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
TABLES = (".csv", ".tsv", ".ods", ".xlsx", ".dbf")
DATASETS = (".gpkg", ".shp", ".geojson", ".json", ".fgb", ".gml", ".kml", ".tab", ".mif", *TABLES)
COMPANIONS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".dbf": (".cpg",),
    ".tab": (".dat", ".map", ".id", ".ind", ".dbf"),
    ".mif": (".mid",),
}
UTF8_NAME = 0x800
SPREADSHEETS = ({"xl/workbook.xml"}, {"content.xml", "mimetype"})

type Answer = tuple[dict[str, Any], list[Blob]]
type Opener = Callable[[], IO[bytes]]


@dataclass(slots=True)
class Member:
    """One file of an archive: its path there, and how to read it."""

    path: PurePosixPath
    key: Any


@dataclass(slots=True)
class Wanted:
    """A dataset of the archive: the main file, then those that belong to it; `label` is its path without extension."""

    label: str
    members: list[Member] = field(default_factory=list)


def deliver_files(name: str, limits: Mapping[str, int], *, whole: bool = False) -> Iterator[Answer]:
    """Files to write down (folder 0: beside the delivered one), then the parts: folder, file name, label.

    The parts are the datasets of an archive; with `whole`, all of its files, labelled with their paths.
    """
    start = head_of(name, 512)
    if not start:
        raise Trouble("empty_file")
    meter = Meter(Path(name).stat().st_size, limits["file_bytes"])
    if start.startswith(ZIP) and not is_spreadsheet(name):
        yield from _unzip(name, meter, limits, whole)
    elif start.startswith(GZIP):
        yield from _gunzip(name, meter, limits)
    elif start[TAR_MAGIC] == TAR:
        yield from _untar(lambda: regular(name), meter, limits)
    else:
        yield from in_place(name)


def in_place(name: str) -> Iterator[Answer]:
    """The same for what is no archive: at most an index that was not delivered is made."""
    main = main_of(name)
    if head_of(main, 4) == SHP_CODE and main.endswith(".shp") and sibling(main, ".shx") is None:
        yield {"folder": 0, "file": Path(main).with_suffix(".shx").name}, [rebuild_index(main)]
    yield _parts([(0, Path(main).name, Path(main).stem)])


def is_spreadsheet(name: str) -> bool:
    """Whether a ZIP file is a workbook."""
    try:
        with regular(name) as opened, zipfile.ZipFile(opened) as archive:
            return any(members <= archive.NameToInfo.keys() for members in SPREADSHEETS)
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def main_of(name: str) -> str:
    """The file that GDAL opens, when one that belongs to it was named."""
    for main, companions in COMPANIONS.items():
        if main != ".dbf" and Path(name).suffix.lower() in companions:
            main_file = sibling(name, main)
            if main_file:
                return main_file
    return name


def _unzip(name: str, meter: Meter, limits: Mapping[str, int], whole: bool) -> Iterator[Answer]:
    with regular(name) as opened:
        try:
            with zipfile.ZipFile(opened) as archive:
                members = _zip_members(archive, limits["members"])
                wanted = _by_stem(members) if whole else _group_members(members)
                yield from _extract(wanted, lambda member: archive.open(member.key), meter)
                yield _list_files(wanted) if whole else _list_datasets(wanted)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise Trouble("archive_damaged", reason=str(error)[:200]) from error


def _zip_members(archive: zipfile.ZipFile, limit: int) -> list[Member]:
    infos = archive.infolist()
    if len(infos) > limit:
        raise Trouble("archive_members", limit=limit)
    members = []
    for info in infos:
        path = check_path(_name_of(info))
        if info.is_dir():
            continue
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Trouble("archive_link", name=str(path)[:200])
        if info.flag_bits & 1:
            raise Trouble("archive_encrypted", name=str(path)[:200])
        members.append(Member(path, info))
    return members


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: without the flag for UTF-8, Python takes it for that of an old PC."""
    if info.flag_bits & UTF8_NAME or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(likeliest([raw]), "replace")


def _untar(opener: Opener, meter: Meter, limits: Mapping[str, int]) -> Iterator[Answer]:
    """A stream that is read twice: to know its members, then to give those that are wanted."""
    try:
        with opener() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            members = _tar_members(archive, meter, limits["members"])
        meter.total = 0
        wanted = _group_members(members)
        places = {
            member.key: (folder, member, wanted_.members[0])
            for folder, wanted_ in enumerate(wanted, start=1)
            for member in wanted_.members
        }
        with opener() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for number, entry in enumerate(archive):
                inside = archive.extractfile(entry) if number in places else None
                if inside:
                    folder, member, main = places[number]
                    yield from _flowing(inside, folder, _quarantine_name(member, main), meter)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise Trouble("archive_damaged", reason=str(error)[:200]) from error
    yield _list_datasets(wanted)


def _tar_members(archive: tarfile.TarFile, meter: Meter, limit: int) -> list[Member]:
    members = []
    for number, entry in enumerate(archive):
        if number >= limit:
            raise Trouble("archive_members", limit=limit)
        path = check_path(entry.name)
        if not (entry.isfile() or entry.isdir()):
            raise Trouble("archive_link", name=str(path)[:200])
        meter.add(entry.size)
        if entry.isfile():
            members.append(Member(path, number))
    return members


def _gunzip(name: str, meter: Meter, limits: Mapping[str, int]) -> Iterator[Answer]:
    def opener() -> Any:
        return gzip.GzipFile(fileobj=regular(name))

    try:
        with opener() as inside:
            start = inside.read(512)
        if start[TAR_MAGIC] == TAR:
            yield from _untar(opener, meter, limits)
            return
        if start.startswith((GZIP, *ZIP)):
            raise Trouble("archive_in_archive", name=Path(name).stem)
        file = _without_gz(name)
        with opener() as inside:
            yield from _flowing(inside, 1, file, meter)
    except EOFError:
        raise Trouble("truncated_gzip") from None
    except (gzip.BadGzipFile, zlib.error):
        raise Trouble("bad_gzip") from None
    yield _parts([(1, file, Path(file).stem)])


def _without_gz(name: str) -> str:
    path = Path(name)
    return path.stem if path.suffix.lower() == ".gz" and Path(path.stem).suffix else f"{path.stem}.json"


def _by_stem(members: list[Member]) -> list[Wanted]:
    """Every file of an archive, those that differ by their extension alone together."""
    wanted: dict[str, Wanted] = {}
    for member in _visible_members(members).values():
        label = str(member.path.with_suffix(""))
        wanted.setdefault(label.lower(), Wanted(label)).members.append(member)
    if not wanted:
        raise Trouble("archive_without_data", found="-")
    return list(wanted.values())


def _visible_members(members: list[Member]) -> dict[str, Member]:
    """By path in small letters, what the sender knows to be in the archive."""
    for member in members:
        if member.path.suffix.lower() in ARCHIVES and not is_hidden(member.path):
            raise Trouble("archive_in_archive", name=str(member.path)[:200])
    return {str(member.path).lower(): member for member in members if not is_hidden(member.path)}


def _group_members(members: list[Member]) -> list[Wanted]:
    """The datasets of an archive, each with its companions."""
    by_path = _visible_members(members)
    wanted = []
    for member in by_path.values():
        suffix = member.path.suffix.lower()
        base = str(member.path.with_suffix("")).lower()
        if suffix in DATASETS and not _belongs(base, suffix, by_path):
            beside = [by_path[base + other] for other in COMPANIONS.get(suffix, ()) if base + other in by_path]
            wanted.append(Wanted(str(member.path.with_suffix("")), [member, *beside]))
    if not wanted:
        suffixes = ", ".join(sorted({member.path.suffix.lower() or member.path.name for member in members})[:10])
        raise Trouble("archive_without_data", found=suffixes or "-")
    return sorted(wanted, key=lambda dataset: dataset.label.lower())


def _belongs(base: str, suffix: str, by_path: Mapping[str, Member]) -> bool:
    """Whether the file belongs to another of the same name."""
    mains = [main for main, companions in COMPANIONS.items() if suffix in companions and main != suffix]
    return any(base + main in by_path for main in mains)


def _extract(wanted: list[Wanted], opened: Callable[[Member], IO[bytes]], meter: Meter) -> Iterator[Answer]:
    for folder, dataset in enumerate(wanted, start=1):
        for member in dataset.members:
            with opened(member) as inside:
                yield from _flowing(inside, folder, _quarantine_name(member, dataset.members[0]), meter)


def _flowing(inside: IO[bytes], folder: int, file: str, meter: Meter) -> Iterator[Answer]:
    """The bytes of one file, at least one frame."""
    while True:
        chunk = inside.read(CHUNK)
        meter.add(len(chunk))
        yield {"folder": folder, "file": file}, [chunk]
        if not chunk:
            return


def _quarantine_name(member: Member, main: Member) -> str:
    """Named after the main file of its dataset, as GDAL expects."""
    return plain(main.path.stem) + member.path.suffix.lower()


def _list_datasets(wanted: list[Wanted]) -> Answer:
    labels = [
        (folder, _quarantine_name(w.members[0], w.members[0]), w.label) for folder, w in enumerate(wanted, start=1)
    ]
    return _parts(labels)


def _list_files(wanted: list[Wanted]) -> Answer:
    return _parts(
        [
            (folder, _quarantine_name(member, one.members[0]), str(member.path))
            for folder, one in enumerate(wanted, start=1)
            for member in one.members
        ]
    )


def _parts(parts: list[tuple[int, str, str]]) -> Answer:
    return {"parts": [list(part) for part in parts]}, []


def check_spreadsheet(name: str, limit: int) -> None:
    """Raise Trouble when a workbook is larger unpacked than a reader can hold; counted, not believed."""
    meter = Meter(Path(name).stat().st_size, limit, too_large="spreadsheet_too_large")
    try:
        with regular(name) as opened, zipfile.ZipFile(opened) as archive:
            for info in archive.infolist():
                _count(archive.open(info), meter)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Trouble("archive_damaged", reason=str(error)[:200]) from error


def _count(inside: IO[bytes], meter: Meter) -> None:
    with inside:
        while chunk := inside.read(CHUNK):
            meter.add(len(chunk))
