"""What needs an administrator, from what was measured: what is the matter and what to do, in each language."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database import clock
from gis_core.database.outages import database_is_gone
from gis_core.database.statements import fetch_all
from gis_core.long_dates import format_long_date
from gis_core.models import DayMeasure
from gis_core.operations.archive_target import configured, key_file
from gis_core.operations.environment import Place
from gis_core.operations.metrics import oldest_waiting_job
from gis_core.operations.night_backups import backup_state, recovery_state
from gis_core.operations.watch.day_measures import (
    CERTIFICATE,
    DOCTOR,
    FORECAST_DAYS,
    FREE,
    SIZE_DAYS,
    latest,
    measures_since,
)
from gis_core.operations.watch.disks import Disk, disks
from gis_core.operations.watch.doctor_checks import by_check

CERTIFICATE_DAYS = 21
# On below the first, off above the second: a forecast moves a little every day.
FULL_DAYS, NO_LONGER_FULL_DAYS = 14, 21
BEGINNING_S = 2 * 3600
LONGEST_CODE = 100
WAITING_S = 30 * 60
GIB = 2**30
log = logging.getLogger("arpent.watch")
MAIL_TASK = "account_mail"
# A file that is refused ends a job in words, and the queue's task well: what failed here nobody foresaw.
FAILED_TASKS = """
    select job.task_name, count(*) from public.procrastinate_jobs job
    where job.status = 'failed' and exists (select from public.procrastinate_events event
        where event.job_id = job.id and event.type = 'failed' and event.at > now() - interval '1 day')
    group by 1 order by 1
"""
type Texts = dict[str, dict[str, str]]
type Levels = Mapping[str, int]
"""By code of an alert that is open, how bad it was when it was last seen."""
GROWING, SERIOUS = 1, 2


@dataclass(frozen=True)
class Need:
    """Something to see to: one code for each subject while it lasts, by language `message` and `remedy`, how bad."""

    code: str
    texts: Texts
    level: int = GROWING


@dataclass(frozen=True)
class Unknown:
    """A subject of which nothing recent is known: what was open of it (`code` and `code:…`) is not over."""

    code: str

    def covers(self, code: str) -> bool:
        return code == self.code or code.startswith(f"{self.code}:")


type Said = Iterator[Need | Unknown]


def need(code: str, say: Callable[[], tuple[str, str]], level: int = GROWING) -> Need:
    """`say` gives the message and the remedy in the language that is active."""
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            message, remedy = say()
            texts[language] = {"message": message, "remedy": remedy}
    return Need(code[:LONGEST_CODE], texts, level)


def list_needs(former: Levels | None = None) -> tuple[list[Need], list[Unknown]]:
    """All of them, now, and what cannot be known now; a subject that cannot be looked at keeps no other back."""
    opened = former or {}
    subjects: dict[tuple[str, ...], Callable[[], Said]] = {
        ("backup",): backup_needs,
        ("archive",): archive_needs,
        ("drill",): drill_needs,
        ("disk",): lambda: disk_needs(disks(measures_since(FORECAST_DAYS, FREE)), opened),
        ("certificate",): lambda: certificate_needs(latest(measures_since(SIZE_DAYS, CERTIFICATE), CERTIFICATE)),
        ("jobs-waiting",): waiting_needs,
        ("mail", "job-failed"): failed_needs,
        ("doctor",): lambda: doctor_needs(latest(measures_since(SIZE_DAYS, DOCTOR), DOCTOR)),
    }
    said: list[Need | Unknown] = []
    for codes, find_needs in subjects.items():
        try:
            with transaction.atomic():
                said += list(find_needs())
        except Exception as error:
            if database_is_gone(error):
                raise
            log.exception("something could not be looked at", extra={"fields": {"subject": codes[0]}})
            said += map(Unknown, codes)
    return [one for one in said if isinstance(one, Need)], [one for one in said if isinstance(one, Unknown)]


def backup_needs() -> Said:
    state = backup_state()
    if state is None:
        yield Unknown("backup")
    elif state.stale:
        at = state.succeeded_at
        day = timezone.localtime(at).date() if at else None
        yield need("backup", partial(say_backup_old, day, state.failure), SERIOUS)
    elif state.failure:
        yield need("backup", partial(say_backup_failed, state.failure))
    elif state.under_way:
        # How it ends says whether what failed before is over.
        yield Unknown("backup")


def archive_needs() -> Said:
    """As the doctor judges it (`doctor.recovering.archive`)."""
    place = Place(Path(settings.DATA_DIR))
    if configured(place) is None:
        return
    state = recovery_state()
    match state.archive_fault:
        case "not-begun":
            if has_had_time_to_begin(place):
                yield need("archive", say_archive_not_begun, SERIOUS)
        case "failed" if state.archive:
            yield need("archive", partial(say_archive_failed, state.archive.failure), SERIOUS)
        case "silent":
            yield need("archive", say_archive_silent, SERIOUS)


def has_had_time_to_begin(place: Place) -> bool:
    """The first base backup of a large database takes a while; the key was made when the archive was set."""
    with suppress(OSError):
        return time.time() - key_file(place).stat().st_mtime > BEGINNING_S
    return True


def drill_needs() -> Said:
    """As the doctor judges it (`doctor.recovering.drill`)."""
    state = recovery_state()
    if state.drill is None or state.drilled_at is None:
        yield Unknown("drill")
    elif state.drill.failure:
        yield need("drill", partial(say_drill_failed, state.drill.failure), SERIOUS)
    elif state.drill_is_old:
        yield need("drill", partial(say_drill_old, timezone.localtime(state.drilled_at).date()))


def say_archive_not_begun() -> tuple[str, str]:
    return (
        _("The continuous archive is configured (ARPENT_ARCHIVE) and has not begun."),
        _("Start ./arpent worker and look at its log: until then work of more than the last night could be lost."),
    )


def say_archive_silent() -> tuple[str, str]:
    return (
        _("Nothing has left for the continuous archive for more than five minutes."),
        _("Look whether ./arpent worker runs, and at what ./arpent doctor says of the archive."),
    )


def say_drill_old(day: date) -> tuple[str, str]:
    return (
        _("The last restore drill is of %(day)s: one is needed every month.") % {"day": format_long_date(day)},
        _("Run ./arpent drill: a backup that does not come back is none."),
    )


def say_archive_failed(why: str) -> tuple[str, str]:
    return (
        _("The continuous archive does not go on: %(why)s") % {"why": why},
        _("Mend what it says: until then work of more than the last night could be lost."),
    )


def say_drill_failed(why: str) -> tuple[str, str]:
    return (
        _("The last restore drill failed: %(why)s") % {"why": why},
        _("Mend what it says, then run ./arpent drill again: a backup that does not come back is none."),
    )


def say_backup_failed(why: str) -> tuple[str, str]:
    return (
        _("The last backup failed: %(why)s") % {"why": why},
        _("Mend what it says, then run ./arpent backup, which makes one and verifies it."),
    )


def say_backup_old(day: date | None, why: str) -> tuple[str, str]:
    last = _("The last verified backup is of %(day)s.") % {"day": format_long_date(day)} if day else ""
    failed = _("The last backup failed: %(why)s") % {"why": why} if why else ""
    return (
        f"{last or _('There is no verified backup.')} {failed}".strip(),
        _("Run ./arpent backup, and look at what ./arpent doctor says of backups."),
    )


def disk_needs(present: list[Disk], former: Levels) -> Said:
    """One code for each disk: that of a folder on it which has an open alert, else of its first folder."""
    for disk in present:
        codes = [f"disk:{name}" for name in disk.names]
        code = next((one for one in codes if one in former), codes[0])
        level, full_in = former.get(code, 0), disk.full_in
        if disk.is_full or (level == SERIOUS and not disk.is_clearly_free):
            yield need(code, partial(say_disk_full, disk), SERIOUS)
        elif full_in is not None and full_in < (NO_LONGER_FULL_DAYS if level else FULL_DAYS):
            yield need(code, partial(say_disk_fills, disk, int(full_in)))
        elif level == GROWING and full_in is None and not disk.has_forecast:
            yield Unknown(code)
    here = {f"disk:{name}" for disk in present for name in disk.names}
    yield from (Unknown(code) for code in former if code.startswith("disk:") and code not in here)


def say_disk_full(disk: Disk) -> tuple[str, str]:
    figures = {"disk": disk_title(disk), "free": f"{disk.free / GIB:.1f}", "percent": disk.used_percent}
    return (
        _("The disk of %(disk)s is nearly full: %(free)s GiB left, %(percent)s %% used.") % figures,
        _("Make room on it or enlarge it: a full disk records nothing. Exploitation says what takes the room."),
    )


def say_disk_fills(disk: Disk, days: int) -> tuple[str, str]:
    message = ngettext(
        "The disk of %(disk)s will be full in %(days)s day if it fills as in the last weeks.",
        "The disk of %(disk)s will be full in %(days)s days if it fills as in the last weeks.",
        days,
    )
    return (
        message % {"disk": disk_title(disk), "days": days},
        _("Plan a larger disk, or make room: Exploitation says which member and which kind of data grew."),
    )


def disk_title(disk: Disk) -> str:
    """What lies on a disk, in the language that is active."""
    titles = folder_titles()
    return ", ".join(titles[name] for name in disk.names)


def folder_titles() -> dict[str, str]:
    return {
        "files": _("received files"),
        "cache": _("tiles kept"),
        "data": _("data folder"),
        "backups": _("backups"),
    }


def certificate_needs(measure: DayMeasure | None) -> Said:
    if measure is None:
        # Without https there is none; otherwise it was not reached for days.
        if settings.SITE_URL.startswith("https:"):
            yield Unknown("certificate")
        return
    host, failure = measure.detail["host"], measure.detail["failure"]
    if failure:
        yield need("certificate", partial(say_certificate_refused, host, failure), SERIOUS)
        return
    end = datetime.fromtimestamp(measure.amount, UTC)
    days = (end - clock.now()).days
    if days < CERTIFICATE_DAYS:
        say = partial(say_certificate_ends, host, timezone.localtime(end).date(), days)
        yield need("certificate", say, GROWING if days >= 0 else SERIOUS)


def say_certificate_refused(host: str, failure: str) -> tuple[str, str]:
    return (
        _("The certificate of %(host)s is refused: %(why)s.") % {"host": host, "why": failure},
        _("Renew it, then reload the proxy that bears it."),
    )


def say_certificate_ends(host: str, day: date, days: int) -> tuple[str, str]:
    message = _("The certificate of %(host)s ended on %(day)s.")
    if days >= 0:
        message = _("The certificate of %(host)s ends on %(day)s.")
    return (
        message % {"host": host, "day": format_long_date(day)},
        _("Renew it now; if it should have renewed itself, look for why it did not."),
    )


def waiting_needs() -> Said:
    waiting_s = oldest_waiting_job()
    if waiting_s > WAITING_S:
        yield need("jobs-waiting", partial(say_waiting, int(waiting_s // 60)))


def failed_needs() -> Said:
    for task, count in fetch_all(FAILED_TASKS, {}):
        # What the mail server does not take no mail can say: the page does.
        yield need("mail" if task == MAIL_TASK else f"job-failed:{task}", partial(say_failed, task, count))


def say_waiting(minutes: int) -> tuple[str, str]:
    return (
        _("A background job has waited for more than %(minutes)s minutes.") % {"minutes": minutes // 30 * 30},
        _("A long import may hold it: Exploitation lists the jobs. Otherwise start a worker: ./arpent worker."),
    )


def say_failed(task: str, count: int) -> tuple[str, str]:
    if task == MAIL_TASK:
        return (
            _("Mails could not be sent: the mail server did not take them for three hours."),
            _("Look at what ./arpent doctor says of mail (ARPENT_EMAIL_URL, firewall, password)."),
        )
    message = ngettext(
        "The background task %(task)s failed unexpectedly %(count)s time in a day.",
        "The background task %(task)s failed unexpectedly %(count)s times in a day.",
        count,
    )
    return (
        message % {"task": task, "count": count},
        _("Exploitation shows the error with its number; ./arpent support-bundle gathers what support needs."),
    )


def doctor_needs(measure: DayMeasure | None) -> Said:
    if measure is None:
        yield Unknown("doctor")
        return
    for check, (message, remedy) in by_check(measure.detail["failures"]).items():
        yield need(f"doctor:{check}", partial(say_of_doctor, message, remedy))


def say_of_doctor(message: str, remedy: str) -> tuple[str, str]:
    """The doctor speaks French to everybody, as on the server's terminal."""
    return _("./arpent doctor: %(said)s.") % {"said": message}, remedy
