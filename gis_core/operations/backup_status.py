"""What became of the backups of the nights: written by the program that makes them, read by the pages and /metrics."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from gis_core.operations.environment import FOLDER, replace_file

STATUS = "status.json"
ARCHIVE = "archive.json"
DRILL = "drill.json"
RETURNS = "returns.json"


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
    return _read(data, STATUS, Status)


def write_status(data: Path, status: Status) -> None:
    """The web server, which may be another user, reads it; it names nobody."""
    _write(data, STATUS, status)


def _read[T](data: Path, name: str, kind: Callable[..., T]) -> T | None:
    try:
        return kind(**json.loads((data / FOLDER / name).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write(data: Path, name: str, status: "Status | ArchiveStatus | DrillStatus") -> None:
    replace_file(data / FOLDER / name, json.dumps(asdict(status), indent=1), 0o644)


@dataclass(frozen=True)
class ArchiveStatus:
    """How the continuous archive goes. Instants are ISO 8601 in UTC, empty before the first.

    `first` is the oldest second that can be returned to; `log_at` when the last segment of the log left, `files_at`
    when the files were last sent; `bytes` is the size of the database in the last base backup, made at `backup_at`.
    """

    checked_at: str = ""
    kind: str = ""
    first: str = ""
    backup_at: str = ""
    bytes: int = 0
    log_at: str = ""
    files_at: str = ""
    failure: str = ""


@dataclass(frozen=True)
class DrillStatus:
    """The last drill: when it ended, why it failed (empty: it did not), and what it measured.

    `seconds` it took to be back, of which `restore_seconds` to restore `bytes`; `lost_seconds` of work would have been
    lost had the machine burnt when it began; `steps` in words, in order.
    """

    ended_at: str
    failure: str = ""
    seconds: float = 0
    restore_seconds: float = 0
    bytes: int = 0
    lost_seconds: float = 0
    tables: int = 0
    files: int = 0
    steps: tuple[str, ...] = ()


def read_archive_status(data: Path) -> ArchiveStatus | None:
    """How the archive went at the last look, None before."""
    return _read(data, ARCHIVE, ArchiveStatus)


def write_archive_status(data: Path, status: ArchiveStatus) -> None:
    _write(data, ARCHIVE, status)


def read_drill_status(data: Path) -> DrillStatus | None:
    """What the last drill found, None before the first."""
    return _read(data, DRILL, DrillStatus)


def write_drill_status(data: Path, status: DrillStatus) -> None:
    _write(data, DRILL, status)


@dataclass(frozen=True)
class Return:
    """A return `to` an instant, made `at` another: between both the real history was another (`timeline`)."""

    to: str
    at: str
    timeline: int


def read_returns(data: Path) -> list[Return]:
    """The returns that were made here, the oldest first."""
    try:
        return [Return(**one) for one in json.loads((data / FOLDER / RETURNS).read_text())]
    except (OSError, ValueError, TypeError):
        return []


def note_return(data: Path, made: Return) -> None:
    text = json.dumps([asdict(one) for one in (*read_returns(data), made)], indent=1)
    replace_file(data / FOLDER / RETURNS, text, 0o644)
