"""The files of a delivered folder. Links in it are never followed: each is named in the report."""

import os
from collections.abc import Iterator
from pathlib import Path

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
