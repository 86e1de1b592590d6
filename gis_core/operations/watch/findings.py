"""What needs an administrator, from what was measured: what is the matter and what to do, in each language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database import clock
from gis_core.database.statements import fetch_all
from gis_core.long_dates import format_long_date
from gis_core.models import DayMeasure
from gis_core.operations.doctor import database, machine
from gis_core.operations.doctor.finding import Finding, run_checks
from gis_core.operations.environment import Place
from gis_core.operations.metrics import oldest_waiting_job
from gis_core.operations.night_backups import backup_state, recovery_state
from gis_core.operations.watch.disks import Disk, disks
from gis_core.operations.watch.kept import (
    CERTIFICATE,
    DOCTOR,
    FORECAST_DAYS,
    FREE,
    SIZE_DAYS,
    keep,
    latest,
    measures_since,
)

CERTIFICATE_DAYS = 21
FULL_DAYS = 14
WAITING_S = 30 * 60
GIB = 2**30
MAIL_TASK = "account_mail"
# A file that is refused ends a job in words, and the queue's task well: what failed here nobody foresaw.
FAILED_TASKS = """
    select job.task_name, count(*) from public.procrastinate_jobs job
    where job.status = 'failed' and exists (select from public.procrastinate_events event
        where event.job_id = job.id and event.type = 'failed' and event.at > now() - interval '1 day')
    group by 1 order by 1
"""
type Texts = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Need:
    """Something to see to: a name that stays the same while it lasts, and by language `message` and `remedy`."""

    code: str
    texts: Texts


def need(code: str, say: Callable[[], tuple[str, str]]) -> Need:
    """`say` gives the message and the remedy in the language that is active."""
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            message, remedy = say()
            texts[language] = {"message": message, "remedy": remedy}
    return Need(code, texts)


def list_needs() -> list[Need]:
    """All of them, now."""
    return [
        *backup_needs(),
        *disk_needs(disks(measures_since(FORECAST_DAYS, FREE))),
        *certificate_needs(latest(measures_since(SIZE_DAYS, CERTIFICATE), CERTIFICATE)),
        *job_needs(),
        *doctor_needs(latest(measures_since(SIZE_DAYS, DOCTOR), DOCTOR)),
    ]


def backup_needs() -> Iterator[Need]:
    state = backup_state()
    if state and state.failure:
        yield need("backup-failed", partial(say_backup_failed, state.failure))
    elif state and state.stale:
        at = state.succeeded_at
        yield need("backup-old", partial(say_backup_old, timezone.localtime(at).date() if at else None))
    recovery = recovery_state()
    if recovery.archive and recovery.archive.failure:
        yield need("archive", partial(say_archive_failed, recovery.archive.failure))
    if recovery.drill and recovery.drill.failure:
        yield need("drill", partial(say_drill_failed, recovery.drill.failure))


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


def say_backup_old(day: date | None) -> tuple[str, str]:
    last = _("The last verified backup is of %(day)s.") % {"day": format_long_date(day)} if day else ""
    return (
        last or _("There is no verified backup."),
        _("Run ./arpent backup, and look at what ./arpent doctor says of backups."),
    )


def disk_needs(present: list[Disk]) -> Iterator[Need]:
    for disk in present:
        if disk.is_full:
            yield need(f"disk-full:{disk.label}", partial(say_disk_full, disk))
        elif disk.full_in is not None and disk.full_in < FULL_DAYS:
            yield need(f"disk-fills:{disk.label}", partial(say_disk_fills, disk, int(disk.full_in)))


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


def certificate_needs(measure: DayMeasure | None) -> Iterator[Need]:
    if measure is None:
        return
    host, failure = measure.detail["host"], measure.detail["failure"]
    if failure:
        yield need("certificate", partial(say_certificate_refused, host, failure))
        return
    end = datetime.fromtimestamp(measure.amount, UTC)
    days = (end - clock.now()).days
    if days < CERTIFICATE_DAYS:
        yield need("certificate", partial(say_certificate_ends, host, timezone.localtime(end).date(), days))


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


def job_needs() -> Iterator[Need]:
    waiting_s = oldest_waiting_job()
    if waiting_s > WAITING_S:
        yield need("jobs-waiting", partial(say_waiting, int(waiting_s // 60)))
    for task, count in fetch_all(FAILED_TASKS, {}):
        # What the mail server does not take no mail can say: the page does.
        yield need(f"{'mail' if task == MAIL_TASK else f'job-failed:{task}'}", partial(say_failed, task, count))


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


def doctor_needs(measure: DayMeasure | None) -> Iterator[Need]:
    for finding in measure.detail["failures"] if measure else ():
        yield need(f"doctor:{finding['check']}", partial(say_of_doctor, finding))


def say_of_doctor(finding: dict[str, str]) -> tuple[str, str]:
    """The doctor speaks French to everybody, as on the server's terminal."""
    return _("./arpent doctor: %(said)s.") % {"said": finding["message"].rstrip(".")}, finding["remedy"]


def keep_failures() -> None:
    """Keep what the doctor finds to be mended among what the worker's role and system user can look at."""
    place = Place(Path(settings.DATA_DIR))
    on_machine = {"clock": machine.clock, "locale": machine.text_encoding}
    findings = list(run_checks((name, partial(check, place)) for name, check in on_machine.items()))
    checks = database.CHECKS | {"files": partial(database.files, place=place)}
    for name, check in checks.items():
        # What it holds up itself is said by `job_needs`, sooner.
        if name != "jobs":
            findings += ask_database(check)
    failures = [{"check": one.check, "message": one.message, "remedy": one.remedy} for one in findings if is_bad(one)]
    keep(DOCTOR, len(failures), {"failures": failures})


def is_bad(finding: Finding) -> bool:
    return finding.state == "failure"


def ask_database(check: database.DatabaseCheck) -> list[Finding]:
    """Nothing where the worker's role may not ask it: the command, run by root, does."""
    try:
        with transaction.atomic():
            connection.ensure_connection()
            return list(check(connection.connection))
    except Exception:
        return []
