"""What the administration's pages and /metrics say of the backups of the nights (`operations.nightly` makes them)."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from gis_core.operations.backup_status import (
    BackupState,
    RecoveryState,
    read_archive_status,
    read_drill_status,
    read_status,
)


def recovery_state() -> RecoveryState:
    return RecoveryState(read_archive_status(settings.DATA_DIR), read_drill_status(settings.DATA_DIR), timezone.now())


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
