"""Files that rows named: where there is a continuous archive they outlive their rows by the recovery window.

Then a return of the database to any second of the window finds the files of that second. Without an archive they go at
once. Whatever erases a file that a function `arpent.files_of_…` lists does it here.
"""

import os
import shutil
import time
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from gis_core.operations.held_files import ERASED

DAY_S = 86_400


def erase(path: Path) -> None:
    """Erase a file or a whole folder below FILES_DIR, if it is there."""
    if settings.RECOVERY_DAYS:
        _set_aside(path)
    elif path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _set_aside(path: Path) -> None:
    root = Path(settings.FILES_DIR)
    target = root / ERASED / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}" / path.relative_to(root)
    if not os.path.lexists(path):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        # A folder of its own disk (photos) is copied: the recovery looks in one place alone.
        shutil.move(path, target)


def sweep_erased() -> int:
    """What was erased longer ago than the recovery window goes for good; how many files and folders went."""
    gone = 0
    limit = time.time() - settings.RECOVERY_DAYS * DAY_S
    folder = Path(settings.FILES_DIR) / ERASED
    for one in folder.iterdir() if folder.is_dir() else ():
        moment = one.name.partition("-")[0]
        if moment.isdigit() and int(moment) / 1e9 < limit:
            shutil.rmtree(one, ignore_errors=True)
            gone += 1
    return gone
