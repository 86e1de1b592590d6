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
        what="Le compte d'une personne, tant qu'elle a un rôle ; rendu anonyme quand on le demande.",
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
        reason="sans compte, personne n'entre ; les actes faits gardent le numéro du compte",
        stock=rows("gis_core.User", "date_joined"),
    ),
    RetentionKind(
        slug="unused_accounts",
        title=_("Accounts without role or invitation"),
        what="Rendus anonymes tant de jours après la dernière connexion (ou la création).",
        when=CHOSEN,
        models=("gis_core.User",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence",
        erase=forget_unused_accounts,
        least_days=90,
        stock=rows("gis_core.User", "date_joined", NO_ROLE),
    ),
    RetentionKind(
        slug="invitations",
        title=_("Invitations without answer"),
        what="Supprimées tant de jours après leur envoi, avec leur historique.",
        when=CHOSEN,
        models=("gis_core.Membership",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence",
        erase=erase_invitations,
        stock=rows("gis_core.Membership", "created_at", "accepted_at is null"),
    ),
    RetentionKind(
        slug="sessions",
        title=_("Sessions"),
        what="La session ouverte par une connexion.",
        when=ALWAYS,
        models=("sessions.Session",),
        duration=session_hours,
        reason="une journée de travail ; supprimées la nuit qui suit leur fin",
        due="expire_date < {before}",
        stock=lambda: Stock(Session.objects.count()),
    ),
    RetentionKind(
        slug="tokens",
        title=_("Access tokens that are over or revoked"),
        what="Supprimés tant de jours après leur fin ; le secret n'est jamais gardé, seule son empreinte l'est.",
        when=CHOSEN,
        models=("gis_core.ApiToken",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence",
        erase=erase_tokens,
        stock=rows("gis_core.ApiToken", "created_at", "least(expires_at, coalesce(revoked_at, expires_at)) < now()"),
    ),
    RetentionKind(
        slug="shared_links",
        title=_("Links for a time, over or closed"),
        what="Supprimés tant de jours après leur fin.",
        when=CHOSEN,
        models=("gis_core.SharedLink",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence",
        erase=erase_links,
        stock=rows("gis_core.SharedLink", "made_at", "least(expires_at, coalesce(revoked_at, expires_at)) < now()"),
    ),
)
WORK = (
    RetentionKind(
        slug="jobs",
        title=_("Jobs that are over"),
        what="Qui a demandé quel travail long, son rapport.",
        when=ALWAYS,
        models=("gis_core.Job",),
        duration=lambda: days_text(days_of_jobs()),
        reason="relire le rapport d'un import ou d'un export",
        due="ended_at < {before}",
        days=days_of_jobs,
        stock=rows("gis_core.Job", "created_at"),
    ),
    RetentionKind(
        slug="queue",
        title=_("Rows of the queue of jobs"),
        what="Ce que la file a transmis au programme des tâches, adresses des mails comprises.",
        when=ALWAYS,
        models=("procrastinate.ProcrastinateJob", "procrastinate.ProcrastinateEvent"),
        duration=lambda: days_text(days_of_queue()),
        reason="comprendre une tâche qui a échoué",
        stock=count_queue,
        rehearse=count_old_queue,
    ),
    RetentionKind(
        slug="idempotency_keys",
        title=_("Keys of forms sent"),
        what="Ce qui empêche qu'un formulaire envoyé deux fois soit enregistré deux fois.",
        when=ALWAYS,
        models=("gis_core.IdempotencyKey",),
        duration=lambda: days_text(days_of_keys()),
        reason="un envoi n'est pas répété après une semaine",
        due="at < {before}",
        days=days_of_keys,
        stock=rows("gis_core.IdempotencyKey", "at"),
    ),
    RetentionKind(
        slug="letters",
        title=_("Letters, letterheads"),
        what="Archives publiques ; un brouillon s'efface à la main.",
        when=HAND,
        models=("gis_core.Letter", "gis_core.Letterhead"),
        duration=agreed,
        article=ARCHIVES.article,
        reason="visa des Archives départementales",
        stock=rows("gis_core.Letter", "created_at"),
    ),
    RetentionKind(
        slug="made_files",
        title=_("Files made: exports, printed maps, archives of an authority"),
        what="Le fichier qu'une personne a demandé et qu'elle seule télécharge.",
        when=ALWAYS,
        duration=lambda: days_text(job_files.KEPT.days),
        reason="le temps de le télécharger",
        stock=files(made_files),
        rehearse=count_old_made_files,
    ),
    RetentionKind(
        slug="person_files",
        title=_("Results of people's requests, “my data”"),
        what="Ce qui a été trouvé, l'archive ; hors des sauvegardes. Ce qui a été tapé part à la fin de la recherche.",
        when=ALWAYS,
        duration=lambda: days_text(private_files.KEPT.days),
        reason="le temps de répondre",
        stock=files(private_files.kept_paths),
        rehearse=count_old_person_files,
    ),
)
TRACES = (
    RetentionKind(
        slug="history",
        title=_("History of rows"),
        what="La ligne d'avant chaque changement, par qui, quand ; les lignes d'une personne effacée en partent.",
        when=STAYS,
        models=("gis_core.HistoryEvent", "gis_core.RowHistory"),
        duration=lambda: _("without limit"),
        reason="rétablir un objet, dire qui a changé quoi",
    ),
    RetentionKind(
        slug="security_journal",
        title=_("Security journal"),
        what="Entrées, refus, changements de droits et de réglages, exports d'un membre, demandes de personnes.",
        when=ALWAYS,
        models=("gis_core.SecurityEvent", "gis_core.SyslogPosition"),
        duration=journal_days,
        reason="réglage ARPENT_SECURITY_LOG_DAYS de l'agence",
        stock=closed_rows("gis_core_securityevent", "at"),
        rehearse=count_old_security_lines,
    ),
    RetentionKind(
        slug="rights_reviews",
        title=_("Reviews of rights"),
        what="Qui avait quel rôle au jour de la revue, ce qu'on en a répondu ; le procès-verbal.",
        when=STAYS,
        models=("gis_core.RightsReview", "gis_core.ReviewedPerson"),
        duration=lambda: _("without limit"),
        reason="prouver que la revue a été faite",
        stock=rows("gis_core.RightsReview", "started_at"),
    ),
    RetentionKind(
        slug="program_logs",
        title=_("Logs of programs"),
        what="Demandes, erreurs, tâches ; ni nom ni valeur de personne.",
        when=ALWAYS,
        duration=lambda: _("that of the machine (journald); PostgreSQL installed by Arpent: eight weeks"),
        reason="réglage de la machine",
        uncounted="tenus par la machine (journald), hors de la plateforme",
    ),
    RetentionKind(
        slug="administration_log",
        title=_("Log of the administration pages"),
        what="Supprimé tant de jours après chaque ligne ; le journal de sécurité a les siennes.",
        when=CHOSEN,
        models=("admin.LogEntry",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence",
        erase=erase_administration_log,
        stock=rows("admin.LogEntry", "action_time"),
    ),
    RetentionKind(
        slug="measures",
        title=_("Figures of days, alerts that are over"),
        what="Tailles, durées, nombres ; aucun nom.",
        when=ALWAYS,
        models=("gis_core.DayMeasure", "gis_core.Alert"),
        duration=lambda: days_text(days_of_measures()),
        reason="comparer une année à la précédente",
        due="day < {before}::date",
        days=days_of_measures,
        stock=rows("gis_core.DayMeasure", "day"),
    ),
    RetentionKind(
        slug="backups",
        title=_("Backups of the nights"),
        what="La base et les fichiers d'une nuit : ce qui a été effacé depuis y est encore.",
        when=ALWAYS,
        duration=backup_count,
        reason="réglages ARPENT_BACKUP_KEEP, _WEEKS et _MONTHS de l'agence",
        uncounted="sur le disque des sauvegardes, que seul l'administrateur du serveur lit : ./arpent status",
    ),
    RetentionKind(
        slug="continuous_archive",
        title=_("Continuous archive, and erased files set aside"),
        what="De quoi revenir à toute seconde ; les fichiers effacés y restent autant.",
        when=ALWAYS,
        duration=lambda: (
            _("%(archive)s; erased files: %(files)s") % {"archive": archive_days(), "files": erased_files_days()}
        ),
        reason="réglage ARPENT_ARCHIVE_DAYS de l'agence",
        stock=files(set_aside),
        rehearse=count_old_set_aside,
    ),
)
KINDS: Final = (*PEOPLE, *WORK, *TRACES)
