"""The transaction of a test, read-only for a while as those of requests are during such a maintenance."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def read_only_in_postgresql() -> Iterator[None]:
    """What writes inside is refused by PostgreSQL itself; taken back at the end, since a test ends with a check."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local transaction_read_only = on")
        yield
        transaction.set_rollback(True)
