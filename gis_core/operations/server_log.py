"""What PostgreSQL says of a start that failed, in words."""

import os
from pathlib import Path

from gis_core.operations.failure import FULL, SAID_WHEN_FULL

END_BYTES = 64 * 1024


def last_lines(path: Path, lines: int = 8) -> str:
    """The last lines of a log, of whose end alone is read: it may be of gigabytes."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - END_BYTES))
        return "\n".join(file.read(END_BYTES).decode(errors="replace").splitlines()[-lines:])


def start_failure(said: str, log: Path) -> str:
    if SAID_WHEN_FULL in said:
        return FULL
    return f"PostgreSQL ne démarre pas : voyez {log}."
