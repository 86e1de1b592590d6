"""Restore drills and the continuous archive, from what they leave beside the backups of the nights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from gis_core.operations.backup_status import FOLDER
from gis_core.operations.night_backups import instant

DRILL, ARCHIVE = "drill.json", "archive.json"


@dataclass(frozen=True)
class DrillState:
    """The last drill: when it ended, why it failed (empty: it did not), seconds it took and of work lost."""

    ended_at: datetime
    failure: str
    seconds: float
    lost_seconds: float

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)


@dataclass(frozen=True)
class ArchiveState:
    """The continuous archive at the last look: why it does not go on (empty: it does), when the log last left."""

    failure: str
    log_at: datetime | None
    first: datetime | None


def read_json(name: str) -> dict[str, object]:
    try:
        value = json.loads(Path(settings.DATA_DIR, FOLDER, name).read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def drill_state() -> DrillState | None:
    """None before the first drill."""
    left = read_json(DRILL)
    try:
        ended_at = instant(str(left.get("ended_at", "")))
        seconds, lost = float(str(left.get("seconds", 0))), float(str(left.get("lost_seconds", 0)))
    except ValueError:
        return None
    return DrillState(ended_at, str(left.get("failure", "")), seconds, lost) if ended_at else None


def archive_state() -> ArchiveState | None:
    """None where there is no continuous archive."""
    left = read_json(ARCHIVE)
    try:
        log_at, first = instant(str(left.get("log_at", ""))), instant(str(left.get("first", "")))
    except ValueError:
        return None
    return ArchiveState(str(left.get("failure", "")), log_at, first) if left else None


def last_good_drill() -> float:
    """When the last drill that ended well ended, in seconds since 1970; 0 where the last one failed, or before it."""
    state = drill_state()
    return state.ended_at.timestamp() if state and not state.failure else 0.0
