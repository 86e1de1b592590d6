"""A database that is lost in the middle of something: the error that comes out is that one."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from gis_core.members.rights import SYSTEM, acting_as, under_policies
from layers.intake.source_imports import keep_replaced_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """In place of pytest-django's: a session of ours ends, and its transaction with it."""


def be(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {role}")


def lose_the_database() -> None:
    """End the session of this connection."""
    be("none")
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")


def keeping() -> AbstractContextManager[object]:
    return keep_replaced_rows("etalab", title="Cadastre")


@contextmanager
def no_other() -> Iterator[None]:
    """Nobody answers who connects anew."""
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        yield
    finally:
        connection.settings_dict["HOST"] = host


def test_an_import_says_that_the_database_is_lost() -> None:
    be("arpent_worker")
    with acting_as(SYSTEM), pytest.raises(OperationalError, match="terminating"), keeping():
        lose_the_database()


def test_an_import_that_was_writing_says_that_the_database_is_lost() -> None:
    be("arpent_worker")
    with (
        acting_as(SYSTEM),
        no_other(),
        pytest.raises(OperationalError, match="nowhere"),
        keeping(),
        transaction.atomic(),
    ):
        lose_the_database()


def test_who_reads_as_the_site_hears_that_the_database_is_lost() -> None:
    with pytest.raises(OperationalError, match="terminating"), transaction.atomic(), under_policies():
        lose_the_database()


def test_who_acts_for_another_hears_that_the_database_is_lost() -> None:
    with pytest.raises(OperationalError, match="terminating"), transaction.atomic(), acting_as(SYSTEM):
        lose_the_database()


def test_a_command_that_works_jobs_off_itself_does_not_keep_a_lost_connection() -> None:
    """Without task processes (`ingest_campaign`) the next try asked the same dead session again, for ever."""
    from procrastinate.jobs import Job

    from gis_core.tasks import run_here

    def look() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            return int(cursor.fetchone()[0])

    job = Job(id=1, queue="campaigns", lock=None, queueing_lock=None, task_name="build_sheet")
    with pytest.raises(OperationalError, match="terminating"):
        run_here(lose_the_database, job)
    assert run_here(look, job) == 1
