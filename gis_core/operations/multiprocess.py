"""One folder where the processes of a server count together; it must be named before any counter is made."""

import os
import shutil
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_between_processes() -> None:
    """Have the processes of one server count in files of one folder; called before any counter is made.

    Whoever starts several servers that answer as one names their folder in the environment.
    """
    folder = Path(os.environ.get(FOLDER) or folder_of_parent())
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)
    # What a process that is gone was doing just then.
    for path in folder.glob("gauge_live*_*.db"):
        if not Path("/proc", path.stem.rpartition("_")[2]).exists():
            path.unlink(missing_ok=True)


def folder_of_parent() -> Path:
    """That of the processes that one server started; those of servers that are gone are removed."""
    root = Path(os.environ.get("ARPENT_DATA", Path(__file__).resolve().parent.parent / "var"), "run", "metrics")
    for folder in root.glob("*"):
        if not Path("/proc", folder.name).exists():
            shutil.rmtree(folder, ignore_errors=True)
    return root / str(os.getppid())
