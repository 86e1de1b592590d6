"""The files as they were at an instant: what was erased since returns, what came since is set aside.

A file is written once under a name that no other ever has, and `gis_core.files.erasing` moves what is erased into a
folder beside, by the moment: so the files of any second of the recovery window follow from names and dates alone.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from gis_core.operations import account
from gis_core.operations.environment import OPS, ROOT, Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.held_files import ERASED, PRINTS, list_file_names

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class FileChanges:
    """What a return to an instant does to the files: names below `files`, and those that nobody has."""

    returned: list[str]
    set_aside: list[str]
    missing: list[str]


def plan(data: Path, files: Path, instant: datetime, referenced: set[str]) -> tuple[FileChanges, dict[str, Path]]:
    """What would change for rows that reference these files (`files/...`), and where each that returns lies.

    Of several erased files of one name the first that was erased after the instant is meant.
    """
    at = int(instant.timestamp() * NANOSECONDS)
    present = {name for name in list_file_names(data, files) if not name.startswith(f"files/{PRINTS}/")}
    aside = sorted(list_erased(files))
    # What an earlier return brought back stays among the erased too.
    gone_then = {name for moment, name, _path in aside if moment <= at}
    too_new = {name for name in present - referenced if (data / name).stat().st_mtime_ns > at or name in gone_then}
    erased: dict[str, Path] = {}
    for moment, name, path in aside:
        there_then = path.stat().st_mtime_ns <= at and moment > at
        if name not in erased and (there_then or name in referenced - present):
            erased[name] = path
    returned = {name: path for name, path in erased.items() if name not in present or name in too_new}
    missing = referenced - present - returned.keys()
    return FileChanges(sorted(returned), sorted(too_new), sorted(missing)), returned


def list_erased(files: Path) -> Iterator[tuple[int, str, Path]]:
    """Erased files that are kept: when (ns since 1970), the name that each had (`files/...`), where it lies."""
    folder = files / ERASED
    for moment in sorted(folder.iterdir()) if folder.is_dir() else ():
        nanoseconds = moment.name.partition("-")[0]
        if not nanoseconds.isdigit():
            continue
        for path in sorted(moment.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield int(nanoseconds), f"files/{path.relative_to(moment).as_posix()}", path


def apply(data: Path, files: Path, instant: datetime, referenced: set[str], source: Path | None) -> FileChanges:
    """Do what `plan` says; what nobody here has comes from a copy of the archive's files, if one is given.

    Whatever is raised, every file is where it was.
    """
    changes, where = plan(data, files, instant, referenced)
    aside = files / ERASED / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}"
    fetched = [name for name in changes.missing if source and (source / Path(name).relative_to("files")).is_file()]
    with ExitStack() as undo:
        for name in changes.set_aside:
            there = aside / Path(name).relative_to("files")
            move(data / name, there)
            undo.callback(move, there, data / name)
        for name, path in where.items():
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            (data / name).hardlink_to(path)
            undo.callback((data / name).unlink, missing_ok=True)
        for name in fetched:
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            undo.callback((data / name).unlink, missing_ok=True)
            shutil.copy2(Path(str(source)) / Path(name).relative_to("files"), data / name)
        # Everything is done: nothing is undone.
        undo.pop_all()
    missing = [name for name in changes.missing if name not in fetched]
    return FileChanges(sorted([*changes.returned, *fetched]), changes.set_aside, missing)


def move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)


def as_site(
    place: Place, action: str, instant: datetime, referenced: Iterable[str], source: Path | None = None
) -> FileChanges:
    """`plan` or `apply` by the site's own user: root touches nothing in folders that the site writes."""
    question = {
        "data": str(place.data),
        "files": str(place.files),
        "instant": instant.isoformat(),
        "referenced": sorted(referenced),
        "source": str(source) if source else None,
    }
    identity = account.as_site()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*identity, *OPS, "files-at", action],
        input=json.dumps(question), capture_output=True, text=True, check=False, env=env, cwd="/",
    )  # fmt: skip
    if done.returncode != 0:
        raise OperationFailedError("Les fichiers n'ont pas pu être remis à cet instant.", done.stderr[-2000:])
    return FileChanges(**json.loads(done.stdout))


def answer(action: str) -> int:
    """What `as_site` runs: its question on the standard input, the changes on the standard output."""
    question = json.load(sys.stdin)
    data, files = Path(question["data"]), Path(question["files"])
    instant, referenced = datetime.fromisoformat(question["instant"]), set(question["referenced"])
    if action == "apply":
        source = Path(question["source"]) if question["source"] else None
        os.umask(0o007)
        changes = apply(data, files, instant, referenced, source)
    else:
        changes, _where = plan(data, files, instant, referenced)
    print(json.dumps(asdict(changes)))
    return 0
