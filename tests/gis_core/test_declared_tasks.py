"""Kinds of jobs and tasks as apps declare them: what the queue is given, by the worker and by who queues one."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app as queue

from gis_core import tasks
from gis_core.jobs.points import JOB_KINDS, TASKS, Task
from gis_core.jobs.services import queue_task
from gis_core.members.rights import SYSTEM, acting_as
from tests.wiring import give

ROOT = Path(__file__).parents[2]
APPS = ("gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "simulation", "demo")


def test_the_queue_knows_every_kind_and_task_once_it_was_given_them_twice() -> None:
    tasks.declare_tasks()
    tasks.declare_tasks()
    declared = {one.kind for one in JOB_KINDS.all()} | {one.name for one in TASKS.all()}
    assert declared <= set(queue.tasks)
    times = {name: one.cron for (name, _id), one in queue.periodic_registry.periodic_tasks.items()}
    assert times == {one.name: one.cron for one in TASKS.all() if one.cron}


def test_what_is_queued_at_times_waits_there_once() -> None:
    tasks.declare_tasks()
    assert {queue.tasks[one.name].queueing_lock for one in TASKS.all() if one.cron} == {
        one.name for one in TASKS.all() if one.cron
    }


def test_whatever_the_queue_runs_is_taken_up_by_the_next_worker() -> None:
    tasks.declare_tasks()
    declared = [queue.tasks[one.name] for one in TASKS.all()] + [queue.tasks[one.kind] for one in JOB_KINDS.all()]
    assert [one.name for one in declared if not isinstance(one.retry_strategy, tasks.WithTheNextWorker)] == []


@pytest.mark.django_db
def test_a_task_goes_where_its_declaration_says_from_a_process_that_did_not_declare_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give(monkeypatch, TASKS, Task(name="tried", run=print, queue="other", lock="one", cron="1 1 1 1 1"))
    with acting_as(SYSTEM):
        queue_task("tried", {"number": 3}, priority=-1)
        with connection.cursor() as cursor:
            cursor.execute("select queue_name, lock, queueing_lock, priority, args from procrastinate_jobs")
            rows = cursor.fetchall()
    assert [(*row[:4], row[4] if isinstance(row[4], dict) else ast.literal_eval(row[4])) for row in rows] == [
        ("other", "one", "tried", -1, {"number": 3})
    ]


def test_a_task_that_nobody_declares_is_not_queued() -> None:
    with pytest.raises(KeyError):
        queue_task("nowhere", {})


def test_every_kind_that_is_started_by_its_name_is_declared() -> None:
    declared = {one.kind for one in JOB_KINDS.all()}
    started = set()
    for path, tree in starting():
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "start_job"]
        given = [one.value for call in calls for one in call.keywords if one.arg == "kind"]
        started |= {getattr(module, one.id) for one in given if isinstance(one, ast.Name) and one.id.isupper()}
    assert started
    assert started <= declared


def starting() -> Iterator[tuple[Path, ast.Module]]:
    """The modules that start jobs."""
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        if "start_job(" in (text := path.read_text()):
            yield path, ast.parse(text)
