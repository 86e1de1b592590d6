"""Jobs: started with their task or not at all, run with the rights of now, ended in words."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as QueuedJob

from gis_core import tasks
from gis_core.errors import Busy, DatabaseGone, Forbidden, Invalid
from gis_core.jobs import estimate
from gis_core.jobs import services as jobs
from gis_core.jobs.points import JOB_KINDS, TASKS, JobKind, Task
from gis_core.jobs.task_process import Ended
from gis_core.members.rights import ANONYMOUS, SYSTEM, Role, acting_as, current_rights, rights_of, under_policies
from gis_core.models import Job, Membership
from tests import factories
from tests.wiring import give

pytestmark = pytest.mark.django_db
KIND = "test_kind"


class Silent:
    """Progress in tests: the job's row is in an open transaction that no other connection sees."""

    def __init__(self, job_id: int) -> None:
        self.written: list[tuple[float | None, str]] = []

    def claim(self) -> None: ...

    def write(self, share: float | None, message: str) -> None:
        self.written.append((share, message))

    def close(self) -> None: ...


class Queued:
    """A task that is never run."""

    def defer(self, **_arguments: Any) -> None: ...


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, JOB_KINDS, JobKind(kind=KIND, work=print, roles=frozenset({Role.GIS_ADMINISTRATOR})))
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)


@pytest.fixture
def job() -> Job:
    member = factories.member()
    return factories.job(member, kind=KIND, started_by=factories.user(member, Role.GIS_ADMINISTRATOR))


def run(job: Job, work: Any, stop_reason: Any = lambda: None) -> Job:
    with factories.as_worker():
        with suppress(tasks.Interrupted):
            tasks.run(job, work, stop_reason)
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


def test_a_job_that_the_worker_interrupts_waits_for_the_next(job: Job) -> None:
    waiting = run(job, lambda running: running.report_progress(0.5), lambda: AbortReason.SHUTDOWN)
    assert (waiting.state, waiting.ended_at, waiting.progress) == ("waiting", None, None)
    assert run(job, lambda running: {"rows": 3}).state == "done"


def test_an_interrupted_job_goes_back_into_the_queue() -> None:
    strategy = tasks.WithTheNextWorker()
    queued = QueuedJob(id=1, queue="default", lock=None, queueing_lock=None, task_name=KIND)
    assert strategy.get_retry_decision(exception=tasks.Interrupted(), job=queued) is not None
    assert strategy.get_retry_decision(exception=RuntimeError(), job=queued) is None


def test_a_job_that_somebody_stops_is_cancelled(job: Job) -> None:
    stopped = run(job, lambda running: running.report_progress(0.5), lambda: AbortReason.USER_REQUEST)
    assert stopped.state == "cancelled"
    assert stopped.message


def test_a_job_that_is_over_does_not_run_again(job: Job) -> None:
    run(job, lambda running: {"rows": 3})
    again = run(job, lambda running: pytest.fail("must not run"))
    assert (again.state, again.report) == ("done", {"rows": 3})


def test_the_work_and_the_jobs_end_hold_together(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def name_it(running: tasks.RunningJob) -> dict[str, int]:
        Job.objects.filter(pk=job.pk).update(title="Fait")
        return {"rows": 3}

    def cut(job: Job, *, state: str, **rest: Any) -> None:
        if state == "done":
            raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "end", cut)
    with factories.as_worker(), pytest.raises(KeyboardInterrupt):
        tasks.run(job, name_it)
    with acting_as(SYSTEM):
        job.refresh_from_db()
    assert (job.title, job.state) == ("Essai", "running")


@pytest.mark.parametrize("works", [True, False])
def test_what_a_job_needed_goes_once_it_is_over(job: Job, monkeypatch: pytest.MonkeyPatch, works: bool) -> None:
    gone: list[Job] = []
    give(monkeypatch, JOB_KINDS, replace(JOB_KINDS.get(KIND), afterwards=gone.append))

    def work(running: tasks.RunningJob) -> None:
        if not works:
            raise Invalid("Le fichier est vide.")

    run(job, lambda running: running.report_progress(0.5), lambda: AbortReason.SHUTDOWN)
    assert gone == []
    run(job, work)
    assert gone == [job]


def test_a_task_runs_with_the_rights_of_who_started_it(job: Job) -> None:
    seen: list[Any] = []
    run(job, lambda running: seen.append(current_rights()))
    assert seen == [rights_of(job.started_by)]  # type: ignore[arg-type]


def test_a_role_lost_meanwhile_stops_the_job(job: Job) -> None:
    with factories.as_owner():
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


def test_a_job_given_up_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[Job] = []
    give(monkeypatch, JOB_KINDS, replace(JOB_KINDS.get(KIND), afterwards=gone.append))
    job = factories.job(factories.member(), kind=KIND, state="running")
    with factories.as_worker():
        tasks.give_up(KIND, {"job_id": job.pk})
    with acting_as(SYSTEM):
        job.refresh_from_db()
    assert job.state == "failed"
    assert job.message
    assert gone == [job]


def queue_row(task: str, attempts: int, **arguments: Any) -> QueuedJob:
    return QueuedJob(id=1, queue="default", lock=None, queueing_lock=None, task_name=task, task_kwargs=arguments,
                     attempts=attempts)  # fmt: skip


@pytest.mark.parametrize(("attempts", "told"), [(0, []), (tasks.MOST_WAITS - 1, ["Held by others."])])
def test_a_task_that_met_others_too_often_is_recorded_as_given_up(
    monkeypatch: pytest.MonkeyPatch, attempts: int, told: list[str]
) -> None:
    given: list[str] = []
    give(monkeypatch, TASKS, Task(name="sheet", run=print, given_up=lambda _arguments, why: given.append(why)))
    with pytest.raises(Busy):
        tasks.conclude(queue_row("sheet", attempts), Ended(again=Busy("Held by others.")), None)
    assert given == told


def test_a_task_waits_for_the_database_however_often() -> None:
    with pytest.raises(DatabaseGone):
        tasks.conclude(queue_row("sheet", 1000, job_id=-1), Ended(again=DatabaseGone("Away.")), None)


def worker(silent_for: float, job: Job | None = None) -> None:
    """A worker that was last heard of some seconds ago, and that has a job."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat)"
            " values (now() - make_interval(secs => %s)) returning id",
            [silent_for],
        )
        (worker_id,) = cursor.fetchone()
        if job is not None:
            cursor.execute(
                "insert into procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
                " values ('default', %s, jsonb_build_object('job_id', %s::bigint), 'doing', %s)",
                [job.kind, job.pk, worker_id],
            )


def test_a_running_job_says_when_its_worker_is_gone() -> None:
    job = factories.job(factories.member(), state="running", started_at=timezone.now(), message="Lecture")
    worker(1.0)
    worker(jobs.LOST_AFTER_S + 1, job)
    label, message = jobs.describe_job(job)
    assert label == "En attente"
    assert "s’est arrêté" in message


def test_a_running_job_whose_worker_lives_says_what_it_does() -> None:
    job = factories.job(factories.member(), state="running", started_at=timezone.now(), message="Lecture")
    worker(1.0, job)
    assert jobs.describe_job(job) == ("En cours", "Lecture")


def test_a_waiting_job_says_when_no_worker_runs() -> None:
    job = factories.job(factories.member())
    assert jobs.describe_job(job)[1].startswith("Aucun programme")
    worker(1.0)
    assert jobs.describe_job(job) == ("En attente", "")


def test_a_job_without_roles_is_for_anybody_signed_in_and_nobody_else_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, JOB_KINDS, JobKind(kind="for_oneself", work=print, roles=None))
    ours = factories.member()
    person, colleague = factories.user(ours, Role.TOWN_HALL), factories.user(ours, Role.GIS_ADMINISTRATOR)
    monkeypatch.setattr(jobs.queue, "configure_task", lambda *_args, **_named: Queued())
    rights = rights_of(person)
    with acting_as(rights):
        made = jobs.start_job(
            kind="for_oneself", title="Essai", owner=None, started_by=person, parameters={}, rights=rights
        )
        assert jobs.job_seen_by(rights=rights, job_id=made.pk) == made
    with acting_as(rights_of(colleague)):
        assert not Job.objects.exists()
        assert not jobs.jobs_seen_by(rights_of(colleague)).exists()


def test_a_job_without_roles_belongs_to_no_member(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, JOB_KINDS, JobKind(kind="for_oneself", work=print, roles=None))
    ours = factories.member()
    rights = rights_of(factories.user(ours, Role.GIS_ADMINISTRATOR))
    assert not jobs.may_run("for_oneself", ours.pk, rights)
    assert not jobs.may_run("for_oneself", None, ANONYMOUS)


def test_what_a_job_reads_for_somebody_is_bound_by_their_policies() -> None:
    ours, theirs = factories.member(), factories.member()
    mine, _other = factories.job(ours), factories.job(theirs)
    with factories.as_worker(), acting_as(rights_of(factories.user(ours))):
        assert Job.objects.count() == 2
        with under_policies():
            assert list(Job.objects.all()) == [mine]
        assert Job.objects.count() == 2


# -- how long a job still takes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "elapsed_s", "seconds"),
    [(None, 60, None), (0.02, 60, None), (0.5, 4, None), (1.0, 60, None), (0.03, 6, 194), (0.25, 40, 120), (0.5, 5, 5)],
)
def test_what_is_left_is_estimated_once_it_can_be(share: float | None, elapsed_s: float, seconds: float | None) -> None:
    found = estimate.time_left(share, elapsed_s)
    assert found == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (3, "encore moins d’une minute", "less than a minute left"),
        (65, "encore 1 min environ", "about 1 min left"),
        (125, "encore 2 min environ", "about 2 min left"),
        (13 * 60, "encore 15 min environ", "about 15 min left"),
        (89 * 60, "encore 90 min environ", "about 90 min left"),
        (7_300, "encore 2 h environ", "about 2 h left"),
    ],
)
def test_an_estimate_is_worded(seconds: float, french: str, english: str) -> None:
    for language, words in (("fr", french), ("en", english)):
        with translation.override(language):
            assert estimate.describe_time_left(seconds) == words


def test_a_running_job_says_how_long_it_still_takes() -> None:
    began = timezone.now() - timedelta(seconds=60)
    job = factories.job(factories.member(), state="running", started_at=began, message="Lecture", progress=0.34, run=1)
    worker(1.0, job)
    assert jobs.describe_job(job)[1] == "Lecture · encore 2 min environ"
    with translation.override("en"):
        assert jobs.describe_job(job)[1] == "Lecture · about 2 min left"
    job.message = ""
    assert jobs.describe_job(job)[1] == "encore 2 min environ"
    job.progress = None
    assert jobs.describe_job(job)[1] == ""


def test_nobody_knows_how_long_a_job_takes_that_was_begun_again() -> None:
    began = timezone.now() - timedelta(seconds=60)
    job = factories.job(factories.member(), state="running", started_at=began, message="Lecture", progress=0.34, run=3)
    worker(1.0, job)
    assert jobs.describe_job(job)[1] == "Lecture"


@pytest.mark.parametrize("under_way", [False, True])
def test_a_page_that_waits_for_a_job_is_shown_anew_though_it_ended_meanwhile(*, under_way: bool) -> None:
    """The page may have been made between the two: its object does not know yet, the job has ended."""
    ended = Job(pk=7, kind="essai", state=Job.State.DONE)
    context = {"job": ended, "under_way": under_way, "request": RequestFactory().get("/imports/7/")}
    page = render_to_string("desk/job.html", context)
    assert ("data-watch" in page, "<progress" in page, "watch" in page) == (under_way,) * 3
