"""What the administration's pages and /metrics say of the backups of the nights (`operations.nightly` makes them)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from gis_core.operations.backup_status import (
    ArchiveStatus,
    DrillStatus,
    Status,
    read_archive_status,
    read_drill_status,
    read_status,
)

# A night's backup comes every day; one that has not ended after hours was killed.
STALE = timedelta(hours=36)
LONGEST = timedelta(hours=12)
# Of less, what does not depend on the size takes longest.
ENOUGH_BYTES = 2**30
MOST_SILENT = timedelta(minutes=5)


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
    def drilled_at(self) -> datetime | None:
        return instant(self.drill.ended_at) if self.drill else None

    @property
    def minutes_for_100_gib(self) -> int | None:
        """At the rate of the last drill; None where it restored too little to say."""
        if not self.drill or self.drill.bytes < ENOUGH_BYTES or not self.drill.restore_seconds:
            return None
        return round(100 * 2**30 / (self.drill.bytes / self.drill.restore_seconds) / 60)


def recovery_state() -> RecoveryState:
    return RecoveryState(read_archive_status(settings.DATA_DIR), read_drill_status(settings.DATA_DIR), timezone.now())


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def backup_state() -> BackupState | None:
    """None where no backup of the nights was ever asked for."""
    status = read_status(settings.DATA_DIR)
    return BackupState(status, timezone.now()) if status else None


def last_success() -> float:
    """When the last verified backup was made, in seconds since 1970; 0 without any."""
    state = backup_state()
    return state.succeeded_at.timestamp() if state and state.succeeded_at else 0.0


def last_good_drill() -> float:
    """When the last drill that ended well ended, in seconds since 1970; 0 where the last one failed, or before it."""
    state = recovery_state()
    return state.drilled_at.timestamp() if state.drilled_at and state.drill and not state.drill.failure else 0.0


def last_size() -> float:
    """How many bytes the last verified backup has; 0 without any."""
    state = backup_state()
    return float(state.status.bytes) if state else 0.0


def has_failed() -> float:
    """1 when the last backup that is over did not end well, else 0."""
    state = backup_state()
    return float(bool(state and state.failure))
