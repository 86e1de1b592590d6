"""Rows that all tests of a module have: made once, in a transaction around the tests', and undone after the last."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils import translation

from gis_core.database import clock as database_clock


@contextmanager
def module_transaction(django_db_blocker: Any) -> Iterator[None]:
    """For a module fixture that asks for `django_db_setup`. What a test changes is undone after it; `now()` is the
    module's.
    """
    database_clock.forget()
    with django_db_blocker.unblock(), transaction.atomic(), translation.override("fr"):
        yield
        transaction.set_rollback(True)


def check_references() -> None:
    """Once the module's rows are made, check what is deferred, their references to each other.

    The end of each test would check them all, and be undone with it.
    """
    connection.check_constraints()
