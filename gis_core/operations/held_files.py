"""The files of a data folder, held while a backup is written: what is erased meanwhile is in it all the same."""

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gis_core.operations.environment import adopt, owner_of
from gis_core.operations.failure import OperationFailedError

PRINTS = "prints"
INBOX = "inbox"
PARTIAL = ".part"
LINKS = ".backup"
# Erased files that the recovery window still needs (`gis_core.files.erasing`).
ERASED = ".erased"
# In the data folder; PostgreSQL's user's, as `gis_core.operations.account` knows.
LINKS_APART = "backups.held"


class HeldFiles:
    """Hard links to every file, in a folder beside them that goes at the end.

    `paths` gives by name (`files/...`) where to read its content. A file on another disk than the folder, or on one
    without hard links, is read where it lies. Where the files are another user's, the links are out of its reach.
    """

    def __init__(self, data: Path, files: Path) -> None:
        self._data = data
        self._files = files
        self.owner = owner_of(files.resolve())
        self._links = files / LINKS if self.owner == owner_of(data.resolve()) else data / LINKS_APART
        self._inodes: dict[str, int] = {}
        self._count = 0
        self.folders: dict[str, Path] = {}
        self.paths: dict[str, Path] = {}

    def __enter__(self) -> "HeldFiles":
        self.release()
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()

    def release(self) -> None:
        """Let go of what is held, by us or by a run that was killed. Raises OperationFailedError where it stays."""
        try:
            with suppress(FileNotFoundError):
                shutil.rmtree(self._links)
        except OSError as error:
            raise OperationFailedError(
                f"{self._links}, où une sauvegarde tient les fichiers pendant qu'elle s'écrit, ne peut pas être effacé"
                f" ({error.strerror}) : effacez ce dossier, puis relancez la même commande."
            ) from error

    def hold(self) -> None:
        """Hold what is there now and not held yet. What went since an earlier call stays held."""
        if not self._files.is_dir():
            return
        self._links.mkdir(mode=0o700, exist_ok=True)
        adopt(self._links)
        for entry in _entries(self._files):
            name = Path(entry.path).relative_to(self._data).as_posix()
            if entry.is_dir(follow_symlinks=False):
                self.folders[name] = Path(entry.path)
            elif self._inodes.get(name) != entry.inode():
                self._hold_one(name, entry)

    def _hold_one(self, name: str, entry: os.DirEntry[str]) -> None:
        self._count += 1
        link = self._links / str(self._count)
        try:
            os.link(entry.path, link, follow_symlinks=False)
        except FileNotFoundError:
            return
        except OSError:
            link = Path(entry.path)
        self._inodes[name] = entry.inode()
        self.paths[name] = link


def list_file_names(data: Path, files: Path) -> dict[str, int]:
    """Bytes of every file that a backup would hold, by its name (`files/...`)."""
    if not files.is_dir():
        return {}
    return {
        Path(entry.path).relative_to(data).as_posix(): entry.stat(follow_symlinks=False).st_size
        for entry in _entries(files)
        if entry.is_file(follow_symlinks=False)
    }


def _entries(root: Path) -> Iterator[os.DirEntry[str]]:
    """Folders and regular files below a folder, in order.

    Links and sockets are not data; printed maps are made again and go after some days; nobody has a half-written file.
    """
    for entry in _children(root):
        if entry.name not in (PRINTS, LINKS, ERASED) and not entry.is_symlink():
            yield from _below(entry, kept_whole=entry.name == INBOX)


def _below(entry: os.DirEntry[str], *, kept_whole: bool) -> Iterator[os.DirEntry[str]]:
    if entry.name.endswith(PARTIAL) and not kept_whole:
        return
    if entry.is_dir(follow_symlinks=False):
        yield entry
        for child in _children(entry.path):
            yield from _below(child, kept_whole=kept_whole)
    elif entry.is_file(follow_symlinks=False):
        yield entry


def _children(folder: Path | str) -> list[os.DirEntry[str]]:
    """Another process may remove the folder at this moment."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except PermissionError as error:
        raise unreadable(folder, "rwx") from error


def unreadable(path: Path | str, bits: str = "rw") -> OperationFailedError:
    """What to do about a file or folder of the site's that its group, which PostgreSQL's user is in, cannot read."""
    return OperationFailedError(
        f"La sauvegarde ne peut pas lire {path} : ouvrez-le à son groupe (chmod g+{bits} {shlex.quote(str(path))}),"
        " puis relancez la même commande."
    )
