"""What became of the backups of the nights: written by the program that makes them, read by the pages and /metrics."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from gis_core.operations.environment import FOLDER, replace_file

STATUS = "status.json"
ARCHIVE = "archive.json"
DRILL = "drill.json"
RETURNS = "returns.json"
# A night's backup comes every day; one that has not ended after hours was killed.
STALE = timedelta(hours=36)
LONGEST = timedelta(hours=12)
# Of less, what does not depend on the size takes longest.
ENOUGH_BYTES = 2**30
# The promise: at most five minutes of work are lost.
MOST_SILENT = timedelta(minutes=5)
OLD_BASE = timedelta(days=2)
OLD_DRILL = timedelta(days=45)

ArchiveFault = Literal["", "not-begun", "failed", "silent"]
"""Why a continuous archive that is configured does not keep its promise; empty where it does."""


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


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True)
class BackupState:
    """What became of the last backups, for somebody who reads it now."""

    status: Status
    now: datetime

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.status.since)

    @property
    def succeeded_at(self) -> datetime | None:
        return instant(self.status.succeeded_at)

    @property
    def begun_at(self) -> datetime | None:
        return instant(self.status.begun_at)

    @property
    def under_way(self) -> bool:
        """Begun, and not over yet."""
        begun = self.begun_at
        return begun is not None and not self.status.ended_at and self.now - begun < LONGEST

    @property
    def failure(self) -> str:
        """Why the last one that is over did not end well, in the words of the program that makes them; else nothing."""
        return "" if self.under_way else self.status.failure

    @property
    def stale(self) -> bool:
        """No verified backup for more than a day and a half."""
        return self.now - (self.succeeded_at or self.since) > STALE


@dataclass(frozen=True)
class RecoveryState:
    """The continuous archive and the last drill, for somebody who reads it now."""

    archive: ArchiveStatus | None
    drill: DrillStatus | None
    now: datetime

    @property
    def first(self) -> datetime | None:
        """The oldest second that can be returned to."""
        return instant(self.archive.first) if self.archive else None

    @property
    def checked_at(self) -> datetime | None:
        return instant(self.archive.checked_at) if self.archive else None

    @property
    def silent(self) -> bool:
        """Nothing has been sent for longer than the five minutes of work that may be lost."""
        return self.checked_at is not None and self.now - self.checked_at > MOST_SILENT

    @property
    def archive_fault(self) -> ArchiveFault:
        """Of an archive that is configured."""
        if self.archive is None or self.checked_at is None:
            return "not-begun"
        return "failed" if self.archive.failure else "silent" if self.silent else ""

    @property
    def base_is_old(self) -> bool:
        """The last base backup is more than two days old."""
        made_at = instant(self.archive.backup_at) if self.archive else None
        return made_at is not None and self.now - made_at > OLD_BASE

    @property
    def drill_is_old(self) -> bool:
        """The last drill was more than a month and a half ago."""
        return self.drilled_at is not None and self.now - self.drilled_at > OLD_DRILL

    @property
    def drilled_at(self) -> datetime | None:
        return instant(self.drill.ended_at) if self.drill else None

    @property
    def minutes_for_100_gib(self) -> int | None:
        """At the rate of the last drill; None where it restored too little to say."""
        if not self.drill or self.drill.bytes < ENOUGH_BYTES or not self.drill.restore_seconds:
            return None
        return round(100 * 2**30 / (self.drill.bytes / self.drill.restore_seconds) / 60)
