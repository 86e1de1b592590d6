"""The committed translations beside the messages of the code: what is missing, doubtful, unused or said twice."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from gis_core.operations.catalogues import (
    HEADER,
    Catalogue,
    Entry,
    Key,
    read_catalogue,
    read_entries,
    restrict,
    update_catalogues,
    write_catalogue,
)
from gis_core.operations.environment import PYTHON, ROOT, app_folder
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say

LANGUAGE = "fr"
READ_SUFFIXES = {".py", ".html", ".txt", ".csv", ".toml"}
"""What messages are in, and what settings read before they are found."""
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
# What several apps say stands here: LOCALE_PATHS wins over the apps.
COMMON = Path("gis_core") / CATALOGUE


def translation_faults(env: dict[str, str], app: str = "") -> str | None:
    """What is wrong with the committed catalogues (for one app), in words; None when there is nothing.

    It works on a copy, so that checking never edits a file.
    """
    try:
        catalogues, updated, keys = _read_and_update(env, app)
    except OperationFailedError as failed:
        return f"{failed.detail}\n{failed.message}".strip()
    faults = []
    for path, entries in updated.items():
        concerned = [entry for key, entry in entries.items() if key in keys]
        faults += entry_faults(path, [*concerned, *_obsolete(path)])
        gone = [key for key in catalogues[path] if key not in entries]
        faults += [_fault_of_gone(path, key, updated) for key in gone]
    return "\n".join(faults) + f"\n./arpent translate {app}".rstrip() if faults else None


def translate(env: dict[str, str], app: str = "") -> int:
    """Bring the catalogues up to date (for one app) in their files, and print what is to be translated."""
    catalogues, updated, keys = _read_and_update(env, app)
    waiting = []
    for path, entries in updated.items():
        if list(entries.items()) != list(catalogues[path].items()) or _obsolete(path):
            write_catalogue(ROOT / path, entries)
            say(f"{path} : mis à jour, {len(entries) - 1} messages ({len(catalogues[path]) - 1} avant)")
        waiting += entry_faults(path, [entry for key, entry in entries.items() if key in keys])
    for line in waiting:
        say(line)
    say(f"{len(waiting)} message(s) à traduire." if waiting else "Tout est traduit.")
    return 0


def catalogue_faults(path: Path, root: Path) -> list[str]:
    """The faults of one file by itself: without translation, doubtful, out of use."""
    return entry_faults(path.relative_to(root), read_entries(path.read_text("utf-8")))


def entry_faults(path: Path, entries: Iterable[Entry]) -> list[str]:
    """One line for each entry that has a fault."""
    faults = []
    for entry in entries:
        if entry.is_obsolete:
            faults.append(f"{path} : inutilisées : {_quote(entry.key)}")
        elif entry.is_fuzzy:
            faults.append(f"{path} : à relire (fuzzy) : {_quote(entry.key)}")
        elif entry.is_untranslated:
            faults.append(f"{path} : sans traduction : {_quote(entry.key)}")
    return faults


def _fault_of_gone(path: Path, key: Key, updated: Mapping[Path, Catalogue]) -> str:
    """Why an entry does not stay in its catalogue."""
    where = [other for other, entries in updated.items() if key in entries]
    return f"{path} : à dire dans {where[0]} seul : {_quote(key)}" if where else f"{path} : inutilisées : {_quote(key)}"


def _read_and_update(env: dict[str, str], app: str) -> tuple[dict[Path, Catalogue], dict[Path, Catalogue], Set[Key]]:
    """The committed catalogues, those that the code needs, and the messages that concern the app (all for "").

    Of the other apps the code is not read: what their catalogues have counts as used. Raises OperationFailedError for
    an unknown app, or when the messages of the code cannot be read.
    """
    folder = Path(app_folder(app)) if app else Path()
    paths = [Path(name) for name in _list_repository_files() if name.endswith(CATALOGUE.as_posix())]
    catalogues = {path: read_catalogue(ROOT / path) for path in sorted(paths)}
    read = _read_used(env, catalogues, folder)
    whole = {path for path in catalogues if not app or (path.is_relative_to(folder) and path != COMMON)}
    used = {path: ({} if path in whole else catalogues[path]) | read.get(path, {}) for path in catalogues}
    updated = update_catalogues(catalogues, used, COMMON)
    keys = {key for path in catalogues for key in (*read.get(path, {}), *(catalogues[path] if path in whole else ()))}
    return catalogues, restrict(catalogues, updated, keys), keys - {HEADER}


def _read_used(env: dict[str, str], paths: Iterable[Path], folder: Path) -> dict[Path, Catalogue]:
    """The messages of the code in a folder, without translation, by the catalogue of the app that they are in."""
    with tempfile.TemporaryDirectory(prefix="arpent-messages-") as temporary:
        copy = Path(temporary)
        _copy_sources(copy)
        for path in paths:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
        command = [str(PYTHON), str(copy / "manage.py"), "makemessages", "--locale", LANGUAGE, "--ignore", "tests"]
        command += ["--no-location", "--no-wrap"]
        result = subprocess.run(command, cwd=copy / folder, env=env, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise OperationFailedError("Les messages du code ne se lisent pas.", result.stdout + result.stderr)
        return {path: read_catalogue(copy / path) for path in paths if (copy / path).exists()}


def _copy_sources(copy: Path) -> None:
    for name in _list_repository_files():
        source = ROOT / name
        if source.suffix in READ_SUFFIXES and source.is_file() and not name.startswith("webmap/"):
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _list_repository_files() -> list[str]:
    """The files that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        raise OperationFailedError("git ne répond pas ici : cette commande se lance dans un clone du dépôt.")
    return [name for name in listing.stdout.decode().split("\0") if name]


def _obsolete(path: Path) -> list[Entry]:
    return [entry for entry in read_entries((ROOT / path).read_text("utf-8")) if entry.is_obsolete]


def _quote(key: Key) -> str:
    return json.dumps(key.text, ensure_ascii=False)
