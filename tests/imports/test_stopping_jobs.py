"""Every job stops within seconds of being asked, whatever it is doing; a worker that is frozen keeps nobody waiting.

Real worker processes on a copy of the test database, where rows are committed.
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app as queue

from gis_core.jobs import services, task_process
from gis_core.jobs.services import describe_job
from gis_core.management.commands.worker import GRACE_S, POLL_S, Connector
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job
from gis_core.tasks import LOST_EXIT
from tests import factories
from tests.imports.hasty_worker import LOST_AFTER_S
from tests.imports.long_tasks import IN_C, IN_PYTHON, IN_SQL, LOST, ONCE_LOST, WRITING
from tests.imports.workers import LOST_S, PATIENCE_S, until, worker
from tests.ops.conftest import before_others

pytestmark = pytest.mark.django_db
STOP_S = 5.0
MODULE = "tests.imports.long_tasks"


@pytest.fixture(scope="module", autouse=True)
def first_of_all() -> Iterator[None]:
    """Seconds are counted here: other tests that run meanwhile wait for ours."""
    with before_others(-10):
        yield


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """In place of pytest-django's, which would open a transaction that no worker sees into."""


def start(kind: str) -> Job:
    """A job that waits for a worker."""
    member = factories.member()
    job = factories.job(member, kind=kind, started_by=factories.user(member, Role.GIS_ADMINISTRATOR))
    queue.configure_task(kind, allow_unknown=True).defer(job_id=job.pk)
    return job


def now(job: Job) -> Job:
    with factories.as_worker():
        job.refresh_from_db()
    return job


def queued(job: Job) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select status::text, attempts from procrastinate_jobs where args ->> 'job_id' = %s", [str(job.pk)]
        )
        status, attempts = cursor.fetchone()
    return status, attempts


def sessions_at_work() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and application_name like 'arpent worker%%' and state <> 'idle'"
        )
        return int(cursor.fetchone()[0])


def test_nothing_is_waited_for_longer_than_five_seconds() -> None:
    assert max(GRACE_S, POLL_S) + task_process.STOP_S < 5


@pytest.mark.parametrize("kind", [IN_SQL, IN_C, IN_PYTHON])
def test_a_worker_told_to_stop_has_stopped_in_five_seconds(database: str, tmp_path: Path, kind: str) -> None:
    job = start(kind)
    with worker(database, tmp_path, module=MODULE) as stopped:
        until((tmp_path / "begun").exists)
        begun = time.monotonic()
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(PATIENCE_S) == 0
        took = time.monotonic() - begun
    print(f"SIGTERM, {kind}: {took:.1f} s")
    assert took < STOP_S
    assert (now(job).state, queued(job)[0]) == ("waiting", "todo")
    until(lambda: sessions_at_work() == 0, STOP_S)


@pytest.mark.parametrize("kind", [IN_SQL, IN_C, IN_PYTHON])
def test_a_job_that_somebody_stops_has_stopped_in_five_seconds(database: str, tmp_path: Path, kind: str) -> None:
    job = start(kind)
    with worker(database, tmp_path, module=MODULE) as living:
        until((tmp_path / "begun").exists)
        with connection.cursor() as cursor:
            cursor.execute("select id from procrastinate_jobs where args ->> 'job_id' = %s", [str(job.pk)])
            (number,) = cursor.fetchone()
        begun = time.monotonic()
        queue.job_manager.cancel_job_by_id(number, abort=True)
        until(lambda: now(job).state == "cancelled")
        took = time.monotonic() - begun
        until(lambda: queued(job)[0] == "aborted")
        assert living.poll() is None
        following = start(ONCE_LOST)
        (tmp_path / "lost").touch()
        until(lambda: now(following).state == "done")
    print(f"stopped by somebody, {kind}: {took:.1f} s")
    assert took < STOP_S
    assert job.message == "Le travail a été arrêté ; rien n’a été modifié."


def test_a_job_whose_process_is_killed_is_tried_again(database: str, tmp_path: Path) -> None:
    job = start(ONCE_LOST)
    with worker(database, tmp_path, module=MODULE) as living:
        until(lambda: queued(job) == ("succeeded", 2))
        assert living.poll() is None
    assert now(job).state == "done"


def test_a_job_whose_process_is_killed_each_time_is_given_up(database: str, tmp_path: Path) -> None:
    job = start(LOST)
    with worker(database, tmp_path, module=MODULE) as living:
        until(lambda: now(job).state == "failed")
        assert living.poll() is None
    assert "trois fois" in job.message


def test_a_worker_whose_launcher_is_killed_ends_and_the_next_one_takes_its_job(database: str, tmp_path: Path) -> None:
    (tmp_path / "lost").touch()
    first = start(ONCE_LOST)
    with worker(database, tmp_path, module=MODULE) as crippled:
        until(lambda: now(first).state == "done")
        end(processes_of(crippled.pid)[1])
        second = start(ONCE_LOST)
        assert crippled.wait(PATIENCE_S) == LOST_EXIT
    with worker(database, tmp_path, module=MODULE):
        until(lambda: now(second).state == "done", LOST_S)


def test_a_frozen_workers_job_goes_to_another_and_what_it_writes_when_it_wakes_is_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "LOST_AFTER_S", LOST_AFTER_S)
    job = start(WRITING)
    with worker(database, tmp_path, module=MODULE) as frozen:
        until((tmp_path / "begun").exists)
        family = processes_of(frozen.pid)
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        (tmp_path / "go on").touch()
        try:
            # Before there is another one, which takes it at once.
            until(lambda: describe_job(now(job))[0] == "En attente", LOST_AFTER_S + 10)
            with worker(database, tmp_path, module=MODULE):
                until(lambda: now(job).state == "done", LOST_S)
                done: Any = (job.title, job.report, job.ended_at)
                for pid in family:
                    os.kill(pid, signal.SIGCONT)
                assert frozen.wait(PATIENCE_S) != 0
                until(lambda: queued(job)[0] == "succeeded")
        finally:
            for pid in family:
                end(pid)
    job = now(job)
    assert (job.title, job.report, job.ended_at) == done
    assert job.title.count("+") == 1
    assert job.report["process"] not in family


def processes_of(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        # A thread may end while it is looked at.
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += processes_of(child)
    return found


def end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.true_clock
def test_a_job_that_waits_for_what_another_holds_goes_back_into_the_queue(database: str, tmp_path: Path) -> None:
    job = start(ONCE_LOST)
    (tmp_path / "lost").touch()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtextextended('arpent job ' || %s, 0))", [job.pk])
    with worker(database, tmp_path, module=MODULE, PGOPTIONS="-c lock_timeout=500ms"):
        until(lambda: queued(job) == ("todo", 1))
        assert now(job).state == "waiting"


def test_a_worker_frozen_while_it_says_that_it_lives_keeps_no_other_from_starting(database: str) -> None:
    """Whatever it has just told the queue is committed: a worker that starts removes the rows of those lost."""

    async def tell_and_start() -> list[int]:
        async with queue.with_connector(Connector()).open_async() as ours:
            mine = await ours.job_manager.register_worker()
            async with ours.connector.pool.connection() as frozen:
                await frozen.execute("select procrastinate_update_heartbeat_v1(%s)", [mine])
                removed = await asyncio.wait_for(ours.job_manager.prune_stalled_workers(-1), PATIENCE_S)
            return list(removed)

    assert len(asyncio.run(tell_and_start())) == 1
