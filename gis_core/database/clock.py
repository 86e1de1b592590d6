"""The instant and the day, by the database's clock: one clock for all processes, on whatever machines they run.

The day in law is the day in Paris. For a length of time, use `time.monotonic`; for the age of a file, the clock of the
machine that wrote it.
"""

import time
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.utils import timezone
from psycopg.pq import TransactionStatus

# How long an answer of the database is carried on by `time.monotonic` before it is asked again.
TRUSTED_S = 10.0

_last_answer: tuple[datetime, float] | None = None


def now() -> datetime:
    """The instant, in UTC."""
    global _last_answer
    answer = _last_answer
    if answer is None or (time.monotonic() - answer[1] > TRUSTED_S and not is_busy()):
        answer = _last_answer = (ask(), time.monotonic())
    return answer[0] + timedelta(seconds=time.monotonic() - answer[1])


def today() -> date:
    """The day in Paris."""
    return timezone.localdate(now(), timezone.get_default_timezone())


def ask() -> datetime:
    """What the database's clock says, not the beginning of the transaction."""
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        (reading,) = cursor.execute("select clock_timestamp()").fetchone()
    instant: datetime = reading
    return instant.astimezone(UTC)


def is_busy() -> bool:
    """Whether rows are on their way through the connection (COPY, a stream): nothing can be asked meanwhile."""
    open_one = connection.connection
    return open_one is not None and open_one.info.transaction_status == TransactionStatus.ACTIVE


def forget() -> None:
    """Ask the database at the next call."""
    global _last_answer
    _last_answer = None
