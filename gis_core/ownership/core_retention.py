"""How long what the core keeps is kept: accounts, sessions, jobs, journals, files that are made, backups."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from gis_core.database import clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.jobs import files as job_files
from gis_core.journal.keeping import forget_old_lines
from gis_core.operations import archive_target, environment, security_journal
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.held_files import ERASED
from gis_core.ownership import private_files
from gis_core.ownership.law import ARCHIVES, agreed
from gis_core.ownership.people import FORGOTTEN, erase_account, erase_membership
from gis_core.ownership.retention import FOR_EVER, Counts, RetentionKind, When, days_text, erase_rows
from gis_core.ownership.stock import Stock, closed_rows, files, older, rows

ALWAYS, CHOSEN, HAND, STAYS = When.ALWAYS, When.CHOSEN, When.HAND, When.STAYS
ENDED_TOKENS: Final = "least(expires_at, coalesce(revoked_at, expires_at)) < {before}"
UNUSED_ACCOUNTS: Final = """
    select u.id from gis_core_user u
    where coalesce(u.last_login, u.date_joined) < %s and not starts_with(u.username, %s) and u.kind = 'person'
        and not exists (select from gis_core_membership m where m.user_id = u.id) order by u.id
"""
NO_ROLE: Final = (
    "o.kind = 'person' and not starts_with(o.username, 'compte effacé')"
    " and not exists (select from gis_core_membership m where m.user_id = o.id)"
)
UNANSWERED: Final = """
    select id, member_id from gis_core_membership where accepted_at is null and created_at < %s order by id
"""


def days_of_jobs() -> int:
    from gis_core.tasks import KEPT

    return KEPT.days


def days_of_keys() -> int:
    from gis_core.tasks import KEYS_KEPT

    return KEYS_KEPT.days


def days_of_queue() -> int:
    from gis_core.tasks import QUEUE_KEPT

    return QUEUE_KEPT.days


def days_of_measures() -> int:
    from gis_core.operations.watch.day_measures import KEPT

    return KEPT.days


def count_queue() -> Stock:
    """The queue's own rows, dated by what was last done with them."""
    return Stock(
        *fetch_one(
            "select count(distinct j.id), min(e.at)::date from procrastinate_jobs j"
            " left join procrastinate_events e on e.job_id = j.id"
        )
    )


def count_old_queue() -> Counts:
    """Rows of the queue that are over for longer than they are kept, as `tasks.tidy_queue` removes them."""
    from gis_core.tasks import count_old_queue as count

    return none_of_zero(count())


def made_files() -> list[Path]:
    """What people ordered and fetch; results about a person are a kind of their own."""
    folders = (Path(settings.EXPORTS_DIR), Path(settings.PRINTS_DIR))
    return [path for folder in folders for path in folder.glob("*") if ".person." not in path.name]


def count_old_made_files() -> Counts:
    return none_of_zero(len(older(made_files(), job_files.KEPT.days)))


def count_old_person_files() -> Counts:
    return none_of_zero(len(older(private_files.kept_paths(), private_files.KEPT.days)))


def set_aside() -> list[Path]:
    """Erased files and folders that the recovery window still needs."""
    folder = Path(settings.FILES_DIR) / ERASED
    return [*folder.iterdir()] if folder.is_dir() else []


def count_old_set_aside() -> Counts:
    return none_of_zero(len(older(set_aside(), settings.RECOVERY_DAYS)))


def count_old_security_lines() -> Counts:
    return none_of_zero(forget_old_lines(clock.now()))


def none_of_zero(count: int) -> Counts:
    return [(None, count)] if count else []


def session_hours() -> str:
    hours = settings.SESSION_COOKIE_AGE // 3600
    text = _("%(hours)s hours after sign-in, sooner where the browser is closed or the person signs out")
    return text % {"hours": hours}


def journal_days() -> str:
    return days_text(settings.SECURITY_LOG_DAYS)


def erased_files_days() -> str:
    return days_text(settings.RECOVERY_DAYS) if settings.RECOVERY_DAYS else str(_("none: erased at once"))


def archive_days() -> str:
    return days_text(archive_target.days_kept()) if settings.RECOVERY_DAYS else str(_("no continuous archive is set"))


def backup_count() -> str:
    """As the settings of backups say it."""
    try:
        weeks, months = environment.weeks_and_months_kept()
        nights = environment.backups_kept()
    except OperationFailedError:
        return str(_("the setting ARPENT_BACKUP_KEEP, ARPENT_BACKUP_WEEKS or ARPENT_BACKUP_MONTHS is wrong"))
    text = _("the last %(nights)s nights, then one a week for %(weeks)s weeks and one a month for %(months)s months")
    return text % {"nights": nights, "weeks": weeks, "months": months}


def erase_tokens(before: datetime) -> Counts:
    return erase_rows("gis_core.ApiToken", ENDED_TOKENS, "null::bigint", before)


def erase_links(before: datetime) -> Counts:
    return erase_rows("gis_core.SharedLink", ENDED_TOKENS, "owner_id", before)


def erase_administration_log(before: datetime) -> Counts:
    return erase_rows("admin.LogEntry", "action_time < {before}", "null::bigint", before)


def erase_invitations(before: datetime) -> Counts:
    """Invitations that nobody answered, with what the history keeps of them."""
    counts: dict[int | None, int] = {}
    with security_journal.without_values():
        for row, member in fetch_all(UNANSWERED, [before]):
            erase_membership(row)
            counts[member] = counts.get(member, 0) + 1
    return list(counts.items())


def forget_unused_accounts(before: datetime) -> Counts:
    """People's accounts without any role or invitation, by which nobody came in since; programs and security officers,
    who never have a role, are closed by hand.
    """
    users = [user for (user,) in fetch_all(UNUSED_ACCOUNTS, [before, f"{FORGOTTEN} "])]
    with security_journal.without_values():
        for user in users:
            erase_account(user)
    return [(None, len(users))] if users else []


PEOPLE = (
    RetentionKind(
        slug="accounts",
        title=_("Accounts, roles, addresses, rights"),
        what=_("A person's account, as long as they have a role; made anonymous on request."),
        when=HAND,
        models=(
            "gis_core.User",
            "gis_core.Membership",
            "account.EmailAddress",
            "account.EmailConfirmation",
            *("gis_core.User_groups", "gis_core.User_user_permissions", "mfa.Authenticator"),
            *("socialaccount.SocialAccount", "socialaccount.SocialToken", "usersessions.UserSession"),
            "gis_core.FactorRecovery",
        ),
        duration=lambda: _("as long as the person has a role"),
        reason=_("without an account nobody gets in; what was done keeps the number of the account"),
        stock=rows("gis_core.User", "date_joined"),
    ),
    RetentionKind(
        slug="unused_accounts",
        title=_("Accounts without role or invitation"),
        what=_("Made anonymous a chosen number of days after the last sign-in (or after the account was created)."),
        when=CHOSEN,
        models=("gis_core.User",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency"),
        erase=forget_unused_accounts,
        least_days=90,
        stock=rows("gis_core.User", "date_joined", NO_ROLE),
    ),
    RetentionKind(
        slug="invitations",
        title=_("Invitations without answer"),
        what=_("Deleted a chosen number of days after they were sent, with their history."),
        when=CHOSEN,
        models=("gis_core.Membership",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency"),
        erase=erase_invitations,
        stock=rows("gis_core.Membership", "created_at", "accepted_at is null"),
    ),
    RetentionKind(
        slug="sessions",
        title=_("Sessions"),
        what=_("The session that a sign-in opens."),
        when=ALWAYS,
        models=("sessions.Session",),
        duration=session_hours,
        reason=_("a day's work; deleted in the night after they end"),
        due="expire_date < {before}",
        stock=lambda: Stock(Session.objects.count()),
    ),
    RetentionKind(
        slug="tokens",
        title=_("Access tokens that are over or revoked"),
        what=_("Deleted a chosen number of days after they end; the secret is never kept, only its hash is."),
        when=CHOSEN,
        models=("gis_core.ApiToken",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency"),
        erase=erase_tokens,
        stock=rows("gis_core.ApiToken", "created_at", "least(expires_at, coalesce(revoked_at, expires_at)) < now()"),
    ),
    RetentionKind(
        slug="shared_links",
        title=_("Links for a time, over or closed"),
        what=_("Deleted a chosen number of days after they end."),
        when=CHOSEN,
        models=("gis_core.SharedLink",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency"),
        erase=erase_links,
        stock=rows("gis_core.SharedLink", "made_at", "least(expires_at, coalesce(revoked_at, expires_at)) < now()"),
    ),
)
WORK = (
    RetentionKind(
        slug="jobs",
        title=_("Jobs that are over"),
        what=_("Who asked for which long job, and its report."),
        when=ALWAYS,
        models=("gis_core.Job",),
        duration=lambda: days_text(days_of_jobs()),
        reason=_("to read the report of an import or an export again"),
        due="ended_at < {before}",
        days=days_of_jobs,
        stock=rows("gis_core.Job", "created_at"),
    ),
    RetentionKind(
        slug="queue",
        title=_("Rows of the queue of jobs"),
        what=_("What the queue handed to the worker, addresses of mails included."),
        when=ALWAYS,
        models=("procrastinate.ProcrastinateJob", "procrastinate.ProcrastinateEvent"),
        duration=lambda: days_text(days_of_queue()),
        reason=_("to understand a task that failed"),
        stock=count_queue,
        rehearse=count_old_queue,
    ),
    RetentionKind(
        slug="idempotency_keys",
        title=_("Keys of forms sent"),
        what=_("What prevents a form that is sent twice from being recorded twice."),
        when=ALWAYS,
        models=("gis_core.IdempotencyKey",),
        duration=lambda: days_text(days_of_keys()),
        reason=_("nothing is sent again after a week"),
        due="at < {before}",
        days=days_of_keys,
        stock=rows("gis_core.IdempotencyKey", "at"),
    ),
    RetentionKind(
        slug="letters",
        title=_("Letters, letterheads"),
        what=_("Public archives; a draft is deleted by hand."),
        when=HAND,
        models=("gis_core.Letter", "gis_core.Letterhead"),
        duration=agreed,
        article=ARCHIVES.article,
        reason=_("visa of the Archives départementales"),
        stock=rows("gis_core.Letter", "created_at"),
    ),
    RetentionKind(
        slug="made_files",
        title=_("Files made: exports, printed maps, archives of an authority"),
        what=_("The file that a person asked for and that nobody else can download."),
        when=ALWAYS,
        duration=lambda: days_text(job_files.KEPT.days),
        reason=_("long enough to download it"),
        stock=files(made_files),
        rehearse=count_old_made_files,
    ),
    RetentionKind(
        slug="person_files",
        title=_("Results of people's requests, “my data”"),
        what=_("What was found, and the archive; not in backups. What was typed goes when the search ends."),
        when=ALWAYS,
        duration=lambda: days_text(private_files.KEPT.days),
        reason=_("long enough to answer"),
        stock=files(private_files.kept_paths),
        rehearse=count_old_person_files,
    ),
)
TRACES = (
    RetentionKind(
        slug="history",
        title=_("History of rows"),
        what=_("The row as it was before each change, by whom and when; the rows of a person who was erased leave it."),
        when=STAYS,
        models=("gis_core.HistoryEvent", "gis_core.RowHistory"),
        duration=lambda: _("without limit"),
        reason=_("to restore an object, and to say who changed what"),
    ),
    RetentionKind(
        slug="security_journal",
        title=_("Security journal"),
        what=_("Sign-ins, refusals, changes of rights and settings, exports of an authority, requests of persons."),
        when=ALWAYS,
        models=("gis_core.SecurityEvent", "gis_core.SyslogPosition"),
        duration=journal_days,
        reason=_("the agency's setting ARPENT_SECURITY_LOG_DAYS"),
        stock=closed_rows("gis_core_securityevent", "at"),
        rehearse=count_old_security_lines,
    ),
    RetentionKind(
        slug="rights_reviews",
        title=_("Reviews of rights"),
        what=_("Who had which role on the day of the review, and what was answered; the record."),
        when=STAYS,
        models=("gis_core.RightsReview", "gis_core.ReviewedPerson"),
        duration=lambda: _("without limit"),
        reason=_("to prove that the review was made"),
        stock=rows("gis_core.RightsReview", "started_at"),
    ),
    RetentionKind(
        slug="program_logs",
        title=_("Logs of programs"),
        what=_("Requests, errors, tasks; nobody's name, nobody's values."),
        when=ALWAYS,
        duration=lambda: _("that of the machine (journald); PostgreSQL installed by Arpent: eight weeks"),
        reason=_("a setting of the machine"),
        uncounted=_("kept by the machine (journald), outside the platform"),
    ),
    RetentionKind(
        slug="administration_log",
        title=_("Log of the administration pages"),
        what=_("Deleted a chosen number of days after each line; the security journal has lines of its own."),
        when=CHOSEN,
        models=("admin.LogEntry",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency"),
        erase=erase_administration_log,
        stock=rows("admin.LogEntry", "action_time"),
    ),
    RetentionKind(
        slug="measures",
        title=_("Figures of days, alerts that are over"),
        what=_("Sizes, durations, numbers; no names."),
        when=ALWAYS,
        models=("gis_core.DayMeasure", "gis_core.Alert"),
        duration=lambda: days_text(days_of_measures()),
        reason=_("to compare a year with the one before"),
        due="day < {before}::date",
        days=days_of_measures,
        stock=rows("gis_core.DayMeasure", "day"),
    ),
    RetentionKind(
        slug="backups",
        title=_("Backups of the nights"),
        what=_("The database and the files of a night: what was erased since then is still there."),
        when=ALWAYS,
        duration=backup_count,
        reason=_("the agency's settings ARPENT_BACKUP_KEEP, _WEEKS and _MONTHS"),
        uncounted=_("on the disk of backups, which only the server's administrator reads: ./arpent status"),
    ),
    RetentionKind(
        slug="continuous_archive",
        title=_("Continuous archive, and erased files set aside"),
        what=_("What it takes to go back to any second; erased files stay there as long."),
        when=ALWAYS,
        duration=lambda: (
            _("%(archive)s; erased files: %(files)s") % {"archive": archive_days(), "files": erased_files_days()}
        ),
        reason=_("the agency's setting ARPENT_ARCHIVE_DAYS"),
        stock=files(set_aside),
        rehearse=count_old_set_aside,
    ),
)
KINDS: Final = (*PEOPLE, *WORK, *TRACES)
