"""The files of a delivered folder, and those that a command names. Links are never followed: the report names them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from layers.intake.report import ImportReport
from layers.intake.rows import FileRefused


def files_in(folder: Path, report: ImportReport, *, below: bool = False) -> list[Path]:
    """Its files by name, those of the folders below too where asked for."""
    files: list[Path] = []
    for paths, links in walk_folders(folder):
        files += paths
        for link in links:
            report.file(link.relative_to(folder).as_posix()).file_refused(FileRefused("link"))
        if not below:
            break
    return files


def walk_folders(top: Path) -> Iterator[tuple[list[Path], list[Path]]]:
    """The files and the links of each folder, by name."""
    for where, below, names in os.walk(top):
        below.sort()
        links = [path for name in sorted((*names, *below)) if (path := Path(where) / name).is_symlink()]
        yield [path for name in sorted(names) if (path := Path(where) / name) not in links], links


def refuse_links(paths: Iterable[Path]) -> None:
    """Nothing where none of the paths is a link. Raises Invalid."""
    for path in paths:
        if path.is_symlink():
            message = _("“%(name)s” is a link, which is never followed: name the file or the folder itself.")
            raise Invalid(message % {"name": path.name}, parameter="file")


def open_file(path: Path) -> IO[bytes]:
    """A file that is no link, for reading. Raises OSError."""

    def without_links(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NOFOLLOW)

    return open(path, "rb", opener=without_links)
