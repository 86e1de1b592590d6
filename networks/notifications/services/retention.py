"""What must not be kept for ever: contacts that nobody confirmed for years, recipients of long ago, files with them."""

import time
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.ownership.retention import Counts, forget_journal_lines
from networks.notifications.gateways import folder

TRIAL_DAYS = 30
FILE_DAYS = 366


@transaction.atomic
def forget_old() -> int:
    """For the worker; returns how many contacts went. Files of trials go after a month, others after a year."""
    (gone,) = fetch_one(
        "select arpent.forget_warned(%s, %s)", [database_clock.today(), _("End of the time that they are kept")]
    )
    now = time.time()
    # A trial that was cut short has left its part.
    for path in (*folder().glob("*.jsonl"), *folder().glob("*.part")):
        days = TRIAL_DAYS if path.name.startswith("essai-") else FILE_DAYS
        if now - path.stat().st_mtime > days * 86_400:
            path.unlink(missing_ok=True)
    return int(gone)


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
    updates = "select coalesce(sum(n_tup_upd), 0) from pg_stat_xact_user_tables where relname = 'notifications_message'"
    (before,) = fetch_one(updates)
    fetch_one("select arpent.forget_warned(%s, %s)", [database_clock.today(), _("End of the time that they are kept")])
    (after,) = fetch_one(updates)
    return [(None, int(after - before))] if after > before else []


def forget_readings(before: datetime) -> Counts:
    """Lines of the journal of contacts from before this instant go, as the agency chose. For the worker."""
    return forget_journal_lines("notifications_contactreading", before)
