"""The files that a layer is refreshed from: below the folder that the site names, or at an address.

Of the folder no link is followed, at any depth, and nothing but plain files is read. Of addresses, only servers on the
agency's list are asked, by addresses of the open internet (`gis_core.outside.fetching`).
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.outside.addresses import Allowed
from gis_core.outside.errors import NoAnswer
from gis_core.outside.fetching import Limits, fetch
from layers.intake.services.inbox import MOST_FILES, Sent

CHUNK = 1 << 20
COMPANIONS = frozenset({".shp", ".tab", ".mif"})
"""Files that are nothing without those of the same name beside them."""
FILE = Limits(seconds=300.0, bytes=200_000_000)
SUFFIXES = {
    "application/geo+json": ".geojson",
    "application/json": ".geojson",
    "application/geopackage+sqlite3": ".gpkg",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/gml+xml": ".gml",
    "application/vnd.google-earth.kml+xml": ".kml",
    "application/vnd.google-earth.kmz": ".kmz",
    "text/csv": ".csv",
}
READABLE = frozenset({*SUFFIXES.values(), ".json", ".fgb", ".parquet", ".ods", ".xlsx", ".gpx", ".dxf", ".gz"})
READ_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# A pipe must not keep the worker waiting: it is opened at once, and refused.
READ_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(slots=True)
class FolderFile:
    """A file below the site's folder; it is opened step by step, without following links."""

    parts: tuple[str, ...]
    name: str | None = None

    def __post_init__(self) -> None:
        self.name = self.parts[-1]

    def chunks(self) -> Iterator[bytes]:
        with open_below(self.parts) as opened:
            while chunk := opened.read(CHUNK):
                yield chunk


@dataclass(slots=True)
class FetchedFile:
    """A file that a server sent."""

    name: str | None
    body: bytes

    def chunks(self) -> Iterable[bytes]:
        return [self.body]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What there is to read: no file where the server says that it is the same as before."""

    files: Sequence[Sent]
    etag: str = ""
    modified: str = ""


# -- a folder ---------------------------------------------------------------------------------------------------------


def files_below(place: str, member: str = "") -> list[FolderFile]:
    """The file of a place with its companions, or the files of a folder, by name. Raises Invalid.

    A member has the folder of its short name alone: what others lay down it does not read.
    """
    parts = (*([member] if member else []), *parts_of(place))
    if is_folder(parts):
        names = [(*parts, name) for name in list_folder(parts)]
    elif PurePosixPath(parts[-1]).suffix.lower() in COMPANIONS:
        stem = PurePosixPath(parts[-1]).stem.lower()
        beside = list_folder(parts[:-1])
        names = [(*parts[:-1], name) for name in beside if PurePosixPath(name).stem.lower() == stem]
    else:
        names = [parts]
    if not names:
        raise Invalid(_("The folder “%(place)s” holds no file.") % {"place": place}, parameter="place")
    if len(names) > MOST_FILES:
        message = _("The folder “%(place)s” holds more than %(most)s files: name the one that is meant.")
        raise Invalid(message % {"place": place, "most": MOST_FILES}, parameter="place")
    check_sizes(names)
    return [FolderFile(one) for one in names]


def parts_of(place: str) -> tuple[str, ...]:
    """The steps below the site's folder. Raises Invalid for one that leads out of it, or where there is none."""
    if settings.REFRESH_DIR is None:
        raise Invalid(_("This site names no folder for files (ARPENT_REFRESH_DIR)."), parameter="kind")
    path = PurePosixPath(place)
    if not path.parts or path.is_absolute() or ".." in path.parts or not place.isprintable():
        message = _("Write the path of a file or folder below the one that the site names, such as “sig/parcs.gpkg”.")
        raise Invalid(message, parameter="place")
    return path.parts


def open_directory(parts: Sequence[str], stack: ExitStack) -> int:
    """The descriptor of a folder below the site's. Raises OSError; a link on the way is one."""
    handle = os.open(str(settings.REFRESH_DIR), os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, handle)
    for part in parts:
        handle = os.open(part, READ_DIRECTORY, dir_fd=handle)
        stack.callback(os.close, handle)
    return handle


def open_below(parts: Sequence[str]) -> IO[bytes]:
    """A plain file below the site's folder. Raises Invalid for a link, for what is no file, and for none."""
    try:
        with ExitStack() as stack:
            handle = os.open(parts[-1], READ_FILE, dir_fd=open_directory(parts[:-1], stack))
    except OSError as error:
        raise Invalid(describe_missing("/".join(parts)), parameter="place") from error
    opened = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        opened.close()
        raise Invalid(describe_missing("/".join(parts)), parameter="place")
    return opened


def describe_missing(place: str) -> str:
    message = _("“%(place)s” is not there, cannot be read, or is a link, which is never followed.")
    return message % {"place": place}


def is_folder(parts: Sequence[str]) -> bool:
    try:
        with ExitStack() as stack:
            open_directory(parts, stack)
    except OSError:
        return False
    return True


def list_folder(parts: Sequence[str]) -> list[str]:
    """The names of what a folder holds but folders, links and hidden files, in order. Raises Invalid."""
    try:
        with ExitStack() as stack, os.scandir(open_directory(parts, stack)) as entries:
            return sorted(one.name for one in entries if one.is_file(follow_symlinks=False) and one.name[0] != ".")
    except OSError as error:
        raise Invalid(describe_missing("/".join(parts)), parameter="place") from error


def check_sizes(names: Sequence[Sequence[str]]) -> None:
    """Nothing where the files are no more than one may send at once. Raises Invalid."""
    total = 0
    for parts in names:
        with open_below(parts) as opened:
            total += os.fstat(opened.fileno()).st_size
    if total > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES // 1_048_576
        raise Invalid(_("The files take more than %(most)s MB.") % {"most": most}, parameter="place")


# -- an address -------------------------------------------------------------------------------------------------------


def file_at(url: str, allowed: Allowed, *, etag: str = "", modified: str = "") -> Fetched:
    """The file at an address; none where it did not change since. Raises NotAllowed, NoAnswer, Busy."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
    answer = fetch(url, FILE, allowed, {"Accept": "*/*", **{name: one for name, one in conditions.items() if one}})
    if answer.status == 304 and (etag or modified):
        return Fetched(files=[], etag=etag, modified=modified)
    if answer.status != 200:
        raise NoAnswer(_("The server answers by an error (%(status)s).") % {"status": answer.status})
    if not answer.body:
        raise NoAnswer(_("The server sends an empty file."))
    file = FetchedFile(name_of(answer.url, answer.media_type), answer.body)
    return Fetched(
        files=[file], etag=answer.headers.get("etag", "")[:300], modified=answer.headers.get("last-modified", "")[:100]
    )


def name_of(url: str, media_type: str) -> str:
    """What the file is called: as the address ends, else by its type."""
    last = PurePosixPath(unquote(urlsplit(url).path))
    if last.suffix.lower() in READABLE:
        return last.name
    return f"{last.stem or 'fichier'}{SUFFIXES.get(media_type, last.suffix)}"


def digest_of(files: Sequence[Sent]) -> str:
    """The SHA-256 of the names and contents of files, in hexadecimal."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode())
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()
