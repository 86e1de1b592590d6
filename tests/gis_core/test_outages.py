import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueuedJob
from psycopg_pool import PoolTimeout

from gis_core.errors import ArpentError, Invalid, Unavailable
from gis_core.outages import database_is_gone
from gis_core.problem import as_problem
from gis_core.tasks import WithTheNextWorker

AWAY = [
    psycopg.OperationalError("server closed the connection unexpectedly"),
    psycopg.OperationalError("the connection is closed"),
    psycopg.errors.CannotConnectNow("the database system is starting up"),
    psycopg.errors.CannotConnectNow("the database system is in recovery mode"),
    psycopg.errors.CrashShutdown("terminating connection because of crash of another server process"),
    psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
    psycopg.errors.TooManyConnections("sorry, too many clients already"),
    PoolTimeout("couldn't get a connection after 0.75 sec"),
    psycopg.InterfaceError("the connection is lost"),
]
THERE = [
    psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"),
    psycopg.errors.DeadlockDetected("deadlock detected"),
    psycopg.errors.QueryCanceled("canceling statement due to statement timeout"),
    psycopg.errors.DiskFull("could not extend file"),
    psycopg.errors.UniqueViolation("duplicate key"),
    psycopg.InterfaceError("the cursor is closed"),
    ValueError("connection"),
]


@pytest.mark.parametrize("said", AWAY, ids=str)
def test_a_database_that_is_away_is_known_by_what_it_said(said: Exception):
    assert database_is_gone(said)
    django = OperationalError(str(said))
    django.__cause__ = said
    for outer in (ConnectorException(), Invalid("This line does not cut the object."), KeyError("consequence")):
        outer.__cause__ = django
        assert database_is_gone(outer)
        answer = as_problem(outer)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert WithTheNextWorker().get_retry_decision(exception=outer, job=job()) is not None


@pytest.mark.parametrize("said", THERE, ids=str)
def test_other_errors_are_not_taken_for_that(said: Exception):
    django = OperationalError(str(said))
    django.__cause__ = said
    assert not database_is_gone(said)
    assert not database_is_gone(django)
    assert WithTheNextWorker().get_retry_decision(exception=django, job=job()) is None


def test_the_connection_that_django_closed_is_away():
    assert database_is_gone(InterfaceError("connection already closed"))
    assert not database_is_gone(InterfaceError("cursor already closed"))


def test_who_explained_it_better_is_heard():
    error: ArpentError = Unavailable("The journal of consultations cannot be written.")
    error.__cause__ = OperationalError("gone")
    answer = as_problem(error)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"journal of consultations" in answer.content


def job() -> QueuedJob:
    return QueuedJob(id=1, queue="default", lock=None, queueing_lock=None, task_name="scan")
