"""One folder where the processes of a server count together; it must be named before any counter is made."""

import os
import shutil
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_between_processes() -> None:
    """Have the processes of one server count in files of one folder; called before any counter is made."""
    root = Path(os.environ.get("ARPENT_DATA", Path(__file__).resolve().parent.parent / "var"), "run", "metrics")
    for folder in root.glob("*"):
        if not Path("/proc", folder.name).exists():
            shutil.rmtree(folder, ignore_errors=True)
    ours = root / str(os.getppid())
    ours.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(ours)
