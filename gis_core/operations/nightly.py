"""The backup of every night: made, verified by a trial restore, the oldest ones removed, its result written down."""

import os
import re
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from gis_core.operations import account, archive, drill
from gis_core.operations.archive_target import configured
from gis_core.operations.backup import backup_lock, remove_leftovers, size_of, write_archive
from gis_core.operations.backup_status import Status, read_status, write_status
from gis_core.operations.environment import Place, backup_hour, backups_kept, make_backups, weeks_and_months_kept
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say
from gis_core.operations.verification import check_space_for_both, verify_archive

# The hour is that of the people of the territory.
ZONE = ZoneInfo("Europe/Paris")
OURS = re.compile(r"arpent-\d{4}-\d\d-\d\d-\d{6}\.tar")
SUSPECT = ".suspecte"
CHECK_SECONDS = 30
# After a start: what was missed is made up once people have what they came for.
SETTLE_SECONDS = 300
ATTEMPTS = 3
NEXT_ATTEMPT = timedelta(hours=1)
LONGEST_DETAIL = 300
INTERRUPTED = "La sauvegarde a été interrompue avant sa fin."


def keep_backing_up(place: Place) -> NoReturn:
    """Back up every night until a signal comes. Whatever fails is said, and the next night comes."""
    os.nice(10)
    at = backup_hour()
    with _going_on():
        _status(place)
    time.sleep(SETTLE_SECONDS)
    while True:
        with _going_on():
            if at and is_due(at, _status(place), _now()):
                back_up_now(place)
                if drill.is_due(place, _now()):
                    drill.run(place)
        time.sleep(CHECK_SECONDS)


@contextmanager
def _going_on() -> Iterator[None]:
    try:
        yield
    except OperationFailedError as failure:
        say(f"{failure.detail}\n{failure.message}".strip())
    except Exception:
        traceback.print_exc()


def _status(place: Place) -> Status:
    """What the last backup left; before the first one, the nights begin to count."""
    status = read_status(place.data)
    if status is None:
        status = Status(since=_text(_now()))
        make_backups(place)
        write_status(place.data, status)
    return status


def begin_counting(place: Place) -> None:
    """From now on somebody notices that no backup comes."""
    _status(place)


def is_due(at: time_of_day, status: Status, now: datetime) -> bool:
    """Whether a backup begins now: the hour has passed since the last one, or its failure is to be tried again."""
    night = last_night(at, now)
    if datetime.fromisoformat(max(status.since, status.begun_at)) < night:
        return True
    failed = status.begun_at > max(status.succeeded_at, status.since)
    waited = failed and now - datetime.fromisoformat(status.begun_at) >= NEXT_ATTEMPT
    return waited and status.attempts < ATTEMPTS


def last_night(at: time_of_day, now: datetime) -> datetime:
    """The last time that the clock showed this hour, in UTC."""
    today = now.astimezone(ZONE).date()
    instants = (datetime.combine(day, at, ZONE).astimezone(UTC) for day in (today, today - timedelta(days=1)))
    return next(instant for instant in instants if instant <= now)


def back_up_now(place: Place) -> int:
    """Make, verify and keep a backup; the oldest ones go. The result is written down, good or bad."""
    if account.is_database_apart(place):
        return account.hand_to_database_user(place, ["backup", "--data", str(place.data)])
    kept = backups_kept()
    with backup_lock(place):
        make_backups(place)
        remove_leftovers(place.backups, ".arpent-*")
        begun = _begin(place)
        try:
            target = _make(place)
        except BaseException as error:
            write_status(place.data, replace(begun[0], ended_at=_text(_now()), failure=_failure_text(error)))
            raise
        write_status(place.data, _success(begun[0], *target, seconds=time.monotonic() - begun[1]))
        _remove_old(place.backups, kept)
        if configured(place):
            archive.back_up(place)
    say(f"Sauvegarde vérifiée : {target[0]} ({size_of(target[0])}).")
    return 0


def _failure_text(error: BaseException) -> str:
    if isinstance(error, OperationFailedError):
        said = error.detail.strip().partition("\n")[0][:LONGEST_DETAIL]
        return f"{error.message} ({said})" if said else error.message
    return f"Erreur inattendue ({error})." if isinstance(error, Exception) else INTERRUPTED


def _begin(place: Place) -> tuple[Status, float]:
    """Written down first: a run that is killed is then seen as one that failed."""
    former, at, now = _status(place), backup_hour(), _now()
    same_night = bool(at and former.begun_at and datetime.fromisoformat(former.begun_at) >= last_night(at, now))
    again = same_night and former.begun_at > former.succeeded_at
    attempts = former.attempts + 1 if again else 1
    status = replace(former, begun_at=_text(now), ended_at="", attempts=attempts, failure=INTERRUPTED)
    write_status(place.data, status)
    return status, time.monotonic()


def _make(place: Place) -> tuple[Path, int]:
    """The verified archive, and how many named files were lost before it. One that fails is set aside, renamed."""
    check_space_for_both(place, place.backups)
    target = place.backups / f"arpent-{_now().astimezone(ZONE):%Y-%m-%d-%H%M%S}.tar"
    write_archive(place, target)
    try:
        manifest = verify_archive(place, target)
    except OperationFailedError:
        for former in place.backups.glob(f"*{SUSPECT}"):
            former.unlink()
        target.replace(target.with_name(target.name + SUSPECT))
        raise
    except BaseException:
        # Asked to end: nobody knows what it is worth.
        target.unlink()
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
    ours = [path.name for path in folder.iterdir() if OURS.fullmatch(path.name)]
    for name in set(ours) - backups_to_keep(ours, kept, *weeks_and_months_kept()):
        (folder / name).unlink()


def backups_to_keep(names: Iterable[str], nights: int, weeks: int, months: int) -> set[str]:
    """Of backups named by their moment: the last ones, and the last of each of the last weeks and months that have one.

    Weeks begin on Monday.
    """
    newest_first = sorted(names, reverse=True)
    kept = set(newest_first[:nights])
    for form, count in (("%G-%V", weeks), ("%Y-%m", months)):
        last_of: dict[str, str] = {}
        for name in newest_first:
            last_of.setdefault(datetime.strptime(name[7:17], "%Y-%m-%d").strftime(form), name)
        kept.update(list(last_of.values())[:count])
    return kept


def _now() -> datetime:
    return datetime.now(UTC)


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")
