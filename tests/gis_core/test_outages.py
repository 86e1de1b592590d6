import time
from contextvars import copy_context
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueuedJob
from psycopg_pool import PoolTimeout

from gis_core.database.backend.base import take
from gis_core.database.outages import RETRY_S, Outage, database_is_gone, outage, waits_once
from gis_core.errors import ArpentError, Invalid, Unavailable
from gis_core.http.problem import as_problem
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


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Outage:
    """A database that is known not to answer, and that somebody looks for at this moment."""
    monkeypatch.setattr(outage, "known", True)
    monkeypatch.setattr(outage, "next_try", time.monotonic() + 60)
    return outage


def test_one_request_at_a_time_looks_whether_the_database_is_back(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr("gis_core.database.outages.time.monotonic", lambda: now)
    found = Outage()
    found.note_answer()
    assert not found.refuses()
    now += 1
    found.note_silence(now - 0.75)
    assert found.refuses()
    now += RETRY_S
    assert [found.refuses() for _ in range(3)] == [False, True, True]
    found.note_answer()
    assert not found.refuses()


def test_who_waits_in_vain_while_others_are_answered_says_nothing_of_the_database(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr("gis_core.database.outages.time.monotonic", lambda: now)
    found = Outage()
    now += 0.5
    found.note_answer()
    now += 0.5
    found.note_silence(1000.0)
    assert not found.known


@pytest.mark.parametrize(("path", "accept"), [("/", "text/html"), ("/api/v1/layers/", "application/json")])
def test_while_the_database_is_known_to_be_away_nothing_is_asked_of_it(
    client: Client, away: Outage, path: str, accept: str
):
    """The test has no access to the database: whoever asked it would fail."""
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert accept.split("/")[1].split("+")[0] in answer["Content-Type"]
    assert client.get("/health/live").status_code == 200


def test_a_request_waits_once_for_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis_core.database.outages.outage.known", False)
    waits = []

    def getconn() -> Any:
        waits.append(1)
        raise PoolTimeout("couldn't get a connection after 0.75 sec")

    def application(environ: Any, start_response: Any) -> list[bytes]:
        for _ in range(3):
            with pytest.raises(PoolTimeout):
                take(SimpleNamespace(timeout=0), getconn)  # type: ignore[arg-type]
        return []

    serve = waits_once(application)
    copy_context().run(lambda: [serve({}, None), serve({}, None)])
    assert len(waits) == 2
    copy_context().run(application, {}, None)
    assert len(waits) == 5
    outage.note_answer()
