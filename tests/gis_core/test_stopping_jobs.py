"""Jobs that somebody stops: by whom, while they wait or run, and what is said when the work was done already."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as QueuedJob

from gis_core import tasks
from gis_core.errors import Conflict, Forbidden, NotFound, Unavailable
from gis_core.jobs import services as jobs
from gis_core.jobs.points import JOB_KINDS, TASKS, JobKind, Task
from gis_core.members.rights import SYSTEM, Role, acting_as, rights_of
from gis_core.models import Job, Member, User
from tests import factories
from tests.wiring import give

pytestmark = pytest.mark.django_db
KIND = "test_kind"


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, JOB_KINDS, JobKind(kind=KIND, work=print, roles=frozenset({Role.GIS_ADMINISTRATOR})))


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs whose files were removed."""
    found: list[int] = []
    give(monkeypatch, JOB_KINDS, replace(JOB_KINDS.get(KIND), afterwards=lambda job: found.append(job.pk)))
    return found


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def administrator(member: Member) -> User:
    return factories.user(member, Role.GIS_ADMINISTRATOR)


@pytest.fixture
def job(member: Member, administrator: User) -> Job:
    return factories.job(member, kind=KIND, started_by=administrator)


def queued(job: Job, status: str, asked: bool = False) -> int:
    """A row of the queue for it, asked to stop or not."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, status, abort_requested)"
            " values ('default', %s, jsonb_build_object('job_id', %s::bigint), %s, %s) returning id",
            [job.kind, job.pk, status, asked],
        )
        return int(cursor.fetchone()[0])


def row_of(number: int) -> tuple[str, bool]:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("select status::text, abort_requested from procrastinate_jobs where id = %s", [number])
        status, asked = cursor.fetchone()
        return str(status), bool(asked)


def now(job: Job) -> Job:
    with acting_as(SYSTEM):
        job.refresh_from_db()
    return job


def stop(job: Job, person: User) -> Job:
    rights = rights_of(person)
    with acting_as(rights):
        return jobs.stop_job(rights=rights, job_id=job.pk)


def killed(job: Job, reason: AbortReason | None = AbortReason.USER_REQUEST) -> None:
    """The process of its task was killed, on demand."""
    row = QueuedJob(
        id=1, queue="default", lock=None, queueing_lock=None, task_name=KIND, task_kwargs={"job_id": job.pk}
    )
    with factories.as_worker(), pytest.raises(tasks.Interrupted):
        tasks.conclude(row, None, reason)


def test_a_running_job_is_asked_to_stop(job: Job, administrator: User) -> None:
    number = queued(job, "doing")
    stop(job, administrator)
    assert row_of(number) == ("doing", True)


def test_a_waiting_job_ends_without_a_worker_having_taken_it(job: Job, administrator: User, gone: list[int]) -> None:
    number = queued(job, "todo")
    stop(job, administrator)
    assert row_of(number)[0] == "cancelled"
    with factories.as_worker():
        tasks.end_stopped(None)
    assert now(job).state == "cancelled"
    assert "arrêté" in job.message
    assert job.ended_at is not None
    assert gone == [job.pk]


@pytest.mark.parametrize("state", ["waiting", "running"])
@pytest.mark.parametrize(("status", "asked"), [("cancelled", False), ("failed", True), ("aborted", True)])
def test_a_job_whose_task_was_stopped_while_nobody_ran_it_ends(
    job: Job, gone: list[int], state: str, status: str, asked: bool
) -> None:
    """A worker is killed, or ends itself, after the stop was asked for: the queue lets the task fail."""
    with factories.as_owner():
        Job.objects.update(state=state)
    queued(job, status, asked)
    with factories.as_worker():
        tasks.end_stopped(None)
        tasks.end_stopped(None)
    assert (now(job).state, gone) == ("cancelled", [job.pk])


@pytest.mark.parametrize("others", [["todo"], ["doing"], ["cancelled", "todo"], ["failed"], []])
def test_a_job_that_still_has_a_task_goes_on(job: Job, gone: list[int], others: list[str]) -> None:
    for status in others:
        queued(job, status)
    with factories.as_worker():
        tasks.end_stopped(None)
    assert (now(job).state, gone) == ("waiting", [])


def test_whoever_started_it_stops_it_after_losing_the_role(job: Job, administrator: User) -> None:
    number = queued(job, "doing")
    with factories.as_owner():
        administrator.memberships.update(role=Role.READER)
    stop(job, administrator)
    assert row_of(number)[1]


def test_another_administrator_of_the_member_stops_it_and_a_reader_does_not(job: Job, member: Member) -> None:
    number = queued(job, "doing")
    with pytest.raises(Forbidden):
        stop(job, factories.user(member, Role.READER))
    assert not row_of(number)[1]
    stop(job, factories.user(member, Role.GIS_ADMINISTRATOR))
    assert row_of(number)[1]


def test_nobody_of_another_member_knows_of_it(job: Job) -> None:
    with pytest.raises(NotFound):
        stop(job, factories.user(factories.member(), Role.GIS_ADMINISTRATOR))


def test_a_job_that_no_task_belongs_to_is_not_said_to_end(job: Job, administrator: User) -> None:
    with pytest.raises(Conflict):
        stop(job, administrator)


def test_what_is_over_is_not_stopped(job: Job, administrator: User) -> None:
    with factories.as_owner():
        Job.objects.update(state="done")
    with pytest.raises(Conflict):
        stop(job, administrator)


def test_a_job_whose_process_was_killed_is_cancelled(job: Job, gone: list[int]) -> None:
    with factories.as_owner():
        Job.objects.update(state="running")
    killed(job)
    assert (now(job).state, gone) == ("cancelled", [job.pk])


def test_a_job_whose_work_was_committed_when_its_process_was_killed_is_done(job: Job, gone: list[int]) -> None:
    with factories.as_owner():
        Job.objects.update(state="done", progress=1.0, report={"rows": 3}, message="")
    killed(job)
    assert (now(job).state, job.message, job.report) == ("done", "", {"rows": 3})
    assert gone == [job.pk]


def test_what_a_killed_task_wrote_in_part_goes_when_it_was_stopped_on_demand(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[Any] = []
    give(monkeypatch, TASKS, Task(name=KIND, run=print, stopped=swept.append))
    killed(job, AbortReason.SHUTDOWN)
    assert swept == []
    killed(job)
    assert swept == [{"job_id": job.pk}]


def test_the_page_goes_back_to_where_it_was_asked(client: Client, job: Job, administrator: User) -> None:
    number = queued(job, "doing")
    client.force_login(administrator)
    answer = client.post(f"/taches/{job.pk}/arreter/", {"next": "/imports/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/imports/?a=1")
    assert row_of(number)[1]


@pytest.mark.parametrize(
    "back", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", "imports", "rien", ""]
)
def test_the_page_goes_nowhere_else(client: Client, job: Job, administrator: User, back: str) -> None:
    queued(job, "doing")
    client.force_login(administrator)
    assert client.post(f"/taches/{job.pk}/arreter/", {"next": back})["Location"] == "/"


def test_what_ended_as_it_was_stopped_is_said_on_the_same_page(client: Client, job: Job, administrator: User) -> None:
    with factories.as_owner():
        Job.objects.update(state="done")
    client.force_login(administrator)
    answer = client.post(f"/taches/{job.pk}/arreter/", {"next": "/imports/"}, follow=True)
    assert answer.redirect_chain == [("/imports/", 302)]
    assert "déjà terminée" in answer.content.decode()


def test_a_sending_that_was_killed_says_what_left(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Unavailable("40 sont partis.", report={"handed": 40})
    give(monkeypatch, JOB_KINDS, replace(JOB_KINDS.get(KIND), when_killed=lambda job: left))
    with factories.as_owner():
        Job.objects.update(state="running")
    killed(job)
    assert (now(job).state, job.message, job.report) == ("failed", "40 sont partis.", {"handed": 40})


def test_the_list_of_imports_has_the_button(client: Client, member: Member, administrator: User) -> None:
    job = factories.job(member, kind="import", started_by=administrator)
    client.force_login(administrator)
    page = client.get("/imports/", headers={"accept": "text/html"}).content.decode()
    assert f'action="/taches/{job.pk}/arreter/"' in page
