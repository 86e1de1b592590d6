"""What became of the backups of the nights: written by the program that makes them, read by the pages and /metrics."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = "backups"
STATUS = "status.json"


@dataclass(frozen=True)
class Status:
    """What became of the last backups. Instants are ISO 8601 in UTC; `since` is when the nights began to count.

    `failure` is why the last attempt did not end well, in words; `file`, `bytes`, `seconds` and `missing` (files that
    rows name and nobody has) are those of the last one that did.
    """

    since: str
    begun_at: str = ""
    ended_at: str = ""
    attempts: int = 0
    failure: str = ""
    succeeded_at: str = ""
    file: str = ""
    bytes: int = 0
    seconds: float = 0
    missing: int = 0


def read_status(data: Path) -> Status | None:
    """What the last backup left in a data folder, None before the first night."""
    try:
        return Status(**json.loads((data / FOLDER / STATUS).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_status(data: Path, status: Status) -> None:
    """The web server, which may be another user, reads it; it names nobody."""
    partial = data / FOLDER / f"{STATUS}.part"
    partial.write_text(json.dumps(asdict(status), indent=1))
    partial.chmod(0o644)
    partial.replace(data / FOLDER / STATUS)
