"""What must not be kept for ever: contacts that nobody confirmed for years, recipients of long ago, files with them."""

import time

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_one
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
