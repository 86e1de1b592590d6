"""What must not be kept for ever: contacts that nobody confirmed for years, recipients of long ago, files with them."""

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.ownership.retention import Counts, forget_journal_lines
from gis_core.ownership.stock import Stock, note_gone, older
from networks.notifications.gateways import folder

TRIAL_DAYS = 30
FILE_DAYS = 366


@transaction.atomic
def forget_old() -> int:
    """For the worker; returns how many contacts went. Files of trials go after a month, others after a year."""
    before = emptied_messages()
    (gone,) = fetch_one(
        "select arpent.forget_warned(%s, %s)", [database_clock.today(), _("End of the time that they are kept")]
    )
    old = old_files()
    for path in old:
        path.unlink(missing_ok=True)
    for slug, count in {"contacts": gone, "recipients": emptied_messages() - before, "sent_files": len(old)}.items():
        note_gone(slug, int(count))
    return int(gone)


def sent_files() -> list[Path]:
    """What was handed to gateways that write files; a trial that was cut short has left its part."""
    return [*folder().glob("*.jsonl"), *folder().glob("*.part")]


def old_files() -> list[Path]:
    trials, others = partition(sent_files())
    return [*older(trials, TRIAL_DAYS), *older(others, FILE_DAYS)]


def partition(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Trials, and the others."""
    trials = [path for path in paths if path.name.startswith("essai-")]
    return trials, [path for path in paths if path not in trials]


def count_old_files() -> Counts:
    return [(None, len(old))] if (old := old_files()) else []


def count_recipients() -> Stock:
    """Messages that still have their recipient. For the worker."""
    return Stock(
        *fetch_one(
            "select count(*), min(nullif(left(texts[1], 10), ''))::date"
            " from arpent.closed_texts('notifications_message', array['ended_at', 'value']) where texts[2] <> ''"
        )
    )


def emptied_messages() -> int:
    """How many messages this transaction has changed so far."""
    (rows,) = fetch_one(
        "select coalesce(sum(n_tup_upd), 0) from pg_stat_xact_user_tables where relname = 'notifications_message'"
    )
    return int(rows)


def rehearse_forgetting() -> Counts:
    """How many contacts of each member would go, to be undone."""
    contacts = (
        "select m.id, arpent.count_closed_rows('notifications_contact', 'owner_id', array[m.id]) from gis_core_member m"
    )
    before: dict[int, int] = dict(fetch_all(contacts))
    fetch_one("select arpent.forget_warned(%s, %s)", [database_clock.today(), _("End of the time that they are kept")])
    after: dict[int, int] = dict(fetch_all(contacts))
    return [(member, rows - after[member]) for member, rows in before.items() if rows > after[member]]


def rehearse_emptying() -> Counts:
    """How many messages would lose their recipient, to be undone."""
    before = emptied_messages()
    fetch_one("select arpent.forget_warned(%s, %s)", [database_clock.today(), _("End of the time that they are kept")])
    after = emptied_messages()
    return [(None, after - before)] if after > before else []


def forget_readings(before: datetime) -> Counts:
    """Lines of the journal of contacts from before this instant go, as the agency chose. For the worker."""
    return forget_journal_lines("notifications_contactreading", before)
