"""Jobs: started with their task or not at all, run with the rights of now, ended in words."""

from typing import Any

import pytest
from django.db import connection, transaction

from gis_core import tasks
from gis_core.errors import Forbidden, Invalid
from gis_core.models import Job, Membership
from gis_core.rights import SYSTEM, Role, acting_as, current_rights, rights_of
from gis_core.services import jobs
from tests import factories

pytestmark = pytest.mark.django_db
KIND = "test_kind"


class Silent:
    """Progress in tests: the job's row is in an open transaction that no other connection sees."""

    def __init__(self, job_id: int) -> None:
        self.written: list[tuple[float | None, str]] = []

    def write(self, share: float | None, message: str) -> None:
        self.written.append((share, message))

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tasks.ROLES, KIND, frozenset({Role.GIS_ADMINISTRATOR}))
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)


@pytest.fixture
def job() -> Job:
    member = factories.member()
    return factories.job(member, kind=KIND, started_by=factories.user(member, Role.GIS_ADMINISTRATOR))


def run(job: Job, work: Any) -> Job:
    with factories.as_worker():
        tasks.run(job, work)
        job.refresh_from_db()
    return job


def test_a_job_that_works_is_done_with_its_report(job: Job) -> None:
    done = run(job, lambda running: {"rows": 3})
    assert (done.state, done.progress, done.report) == ("done", 1.0, {"rows": 3})
    assert done.ended_at is not None


def test_a_domain_error_is_said_in_its_own_words(job: Job) -> None:
    def refuse(running: tasks.RunningJob) -> None:
        raise Invalid("Le fichier est vide.", report={"files": 1})

    failed = run(job, refuse)
    assert (failed.state, failed.message, failed.report) == ("failed", "Le fichier est vide.", {"files": 1})


def test_an_unexpected_error_fails_the_job_without_its_text(job: Job, caplog: pytest.LogCaptureFixture) -> None:
    def break_down(running: tasks.RunningJob) -> None:
        raise RuntimeError("secret")

    with factories.as_worker():
        with pytest.raises(RuntimeError):
            tasks.run(job, break_down)
        job.refresh_from_db()
    assert job.state == "failed"
    assert "secret" not in job.message


def test_a_task_runs_with_the_rights_of_who_started_it(job: Job) -> None:
    seen: list[Any] = []
    run(job, lambda running: seen.append(current_rights()))
    assert seen == [rights_of(job.started_by)]  # type: ignore[arg-type]


def test_a_role_lost_meanwhile_stops_the_job(job: Job) -> None:
    Membership.objects.filter(user=job.started_by).update(role=Role.READER)
    failed = run(job, lambda running: pytest.fail("must not run"))
    assert failed.state == "failed"


def test_a_reader_starts_nothing() -> None:
    member = factories.member()
    reader = factories.user(member, Role.READER)
    with acting_as(rights_of(reader)), pytest.raises(Forbidden):
        jobs.start_job(kind=KIND, title="x", owner=member, started_by=reader, parameters={}, rights=rights_of(reader))


def test_a_job_and_its_task_start_together_or_not_at_all() -> None:
    member = factories.member()
    user = factories.user(member, Role.GIS_ADMINISTRATOR)
    with acting_as(rights_of(user)):
        with transaction.atomic():
            start(member, user)
            transaction.set_rollback(True)
        assert queued() == 0
        assert not Job.objects.exists()
        start(member, user)
        assert queued() == 1


def start(member: Any, user: Any) -> Job:
    return jobs.start_job(
        kind="import", title="x", owner=member, started_by=user, parameters={}, rights=rights_of(user)
    )


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'import'")
        return int(cursor.fetchone()[0])


def test_a_job_given_up_says_why() -> None:
    job = factories.job(factories.member(), state="running")
    with factories.as_worker():
        tasks.give_up(job.pk)
    with acting_as(SYSTEM):
        job.refresh_from_db()
    assert job.state == "failed"
    assert job.message
