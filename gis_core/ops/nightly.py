"""The backup of every night: made, verified by a trial restore, the oldest ones removed, its result written down.

`status.json` beside the archives says what became of the last one, for the administration's page and /metrics.
"""

import json
import os
import re
import signal
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from gis_core.ops.backup import backup_lock, size_of, write_archive
from gis_core.ops.environment import Place, backup_hour, backups_kept
from gis_core.ops.failure import OperationFailedError
from gis_core.ops.progress import say
from gis_core.ops.verification import check_room_for_both, verify_archive

# The hour is that of the people of the territory.
ZONE = ZoneInfo("Europe/Paris")
OURS = re.compile(r"arpent-\d{4}-\d\d-\d\d-\d{6}\.tar")
SUSPECT = ".suspecte"
STATUS = "status.json"
LOOK_SECONDS = 20
# After a start: what was missed is made up once people have what they came for.
SETTLE_SECONDS = 300
ATTEMPTS = 3
NEXT_ATTEMPT = timedelta(hours=1)
INTERRUPTED = "La sauvegarde a été interrompue avant sa fin."


@dataclass(frozen=True)
class Status:
    """What became of the last backups. Instants are ISO 8601 in UTC; `since` is when the nights began to count."""

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


def read_status(folder: Path) -> Status | None:
    """What the last backup left, None before the first night."""
    try:
        return Status(**json.loads((folder / STATUS).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def keep_backing_up(place: Place) -> NoReturn:
    """Back up every night until a signal comes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.nice(10)
    at = backup_hour()
    backups_kept()
    place.backups.mkdir(exist_ok=True)
    if read_status(place.backups) is None:
        _write_status(place, Status(since=_text(_now())))
    time.sleep(SETTLE_SECONDS)
    while True:
        if at and is_due(at, read_status(place.backups), _now()):
            try:
                back_up_now(place)
            except OperationFailedError as failure:
                say(f"{failure.detail}\n{failure.message}".strip())
            except OSError as error:
                say(f"La sauvegarde a échoué : {error}")
        time.sleep(LOOK_SECONDS)


def is_due(at: time_of_day, status: Status | None, now: datetime) -> bool:
    """Whether a backup begins now: the hour has passed since the last one, or its failure is to be tried again."""
    if status is None:
        return True
    night = last_night(at, now)
    if datetime.fromisoformat(max(status.since, status.begun_at)) < night:
        return True
    failed = status.begun_at > max(status.succeeded_at, status.since)
    waited = failed and now - datetime.fromisoformat(status.begun_at) >= NEXT_ATTEMPT
    return waited and status.attempts < ATTEMPTS


def last_night(at: time_of_day, now: datetime) -> datetime:
    """The last time that the clock showed this hour, in UTC."""
    today = now.astimezone(ZONE).date()
    shown = (datetime.combine(day, at, ZONE).astimezone(UTC) for day in (today, today - timedelta(days=1)))
    return next(instant for instant in shown if instant <= now)


def back_up_now(place: Place) -> int:
    """Make, verify and keep a backup; the oldest ones go. The result is written down, good or bad."""
    kept = backups_kept()
    with backup_lock(place):
        place.backups.mkdir(exist_ok=True)
        begun = _begin(place)
        try:
            target = _make(place)
        except BaseException as error:
            words = error.message if isinstance(error, OperationFailedError) else INTERRUPTED
            _write_status(place, replace(begun[0], ended_at=_text(_now()), failure=words))
            raise
        _write_status(place, _success(begun[0], *target, seconds=time.monotonic() - begun[1]))
        _remove_old(place.backups, kept)
    say(f"Sauvegarde vérifiée : {target[0]} ({size_of(target[0])}).")
    return 0


def _begin(place: Place) -> tuple[Status, float]:
    """Written down first: a run that is killed is then seen as one that failed."""
    former = read_status(place.backups) or Status(since=_text(_now()))
    at, now = backup_hour(), _now()
    same_night = bool(at and former.begun_at and datetime.fromisoformat(former.begun_at) >= last_night(at, now))
    again = same_night and former.begun_at > former.succeeded_at
    attempts = former.attempts + 1 if again else 1
    status = replace(former, begun_at=_text(now), ended_at="", attempts=attempts, failure=INTERRUPTED)
    _write_status(place, status)
    return status, time.monotonic()


def _make(place: Place) -> tuple[Path, int]:
    """The verified archive, and how many named files were lost before it. One that fails is set aside, renamed."""
    check_room_for_both(place, place.backups)
    target = place.backups / f"arpent-{_now().astimezone(ZONE):%Y-%m-%d-%H%M%S}.tar"
    write_archive(place, target)
    try:
        manifest = verify_archive(place, target)
    except BaseException:
        for former in place.backups.glob(f"*{SUSPECT}"):
            former.unlink()
        target.replace(target.with_name(target.name + SUSPECT))
        raise
    return target, len(manifest["missing"])


def _success(status: Status, target: Path, missing: int, *, seconds: float) -> Status:
    now = _text(_now())
    return replace(
        status,
        ended_at=now,
        succeeded_at=now,
        failure="",
        file=target.name,
        bytes=target.stat().st_size,
        seconds=round(seconds, 1),
        missing=missing,
    )


def _remove_old(folder: Path, kept: int) -> None:
    ours = sorted(path for path in folder.iterdir() if OURS.fullmatch(path.name))
    for path in ours[:-kept]:
        path.unlink()


def _write_status(place: Place, status: Status) -> None:
    """The web server, which may be another user, reads it; it names nobody."""
    partial = place.backups / f"{STATUS}.part"
    partial.write_text(json.dumps(asdict(status), indent=1))
    partial.chmod(0o644)
    partial.replace(place.backups / STATUS)


def _now() -> datetime:
    return datetime.now(UTC)


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")
