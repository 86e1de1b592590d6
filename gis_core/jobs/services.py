"""Long work that a person can watch: a `Job` row beside the queue's own.

An app declares a kind of job in its manifest (`gis_core.jobs.points`); a page or a view starts one with `start_job`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.db import Error as AnyDatabaseError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from gis_core.database.rows import first_of
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.errors import Conflict, Forbidden, NotFound
from gis_core.jobs.estimate import describe_time_left, time_left
from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet, Member, User

# A worker says every BEAT_S that it lives; one that has been silent for LOST_AFTER_S is taken for dead.
BEAT_S = 2.0
LOST_AFTER_S = 10.0
LONGEST_MESSAGE = 500
LONGEST_TITLE = 200
OPEN_STATES = (Job.State.WAITING, Job.State.RUNNING)
# Few jobs are open at a time; their tasks are found by an index (`procrastinate_jobs_of_job`).
STOPPED_IN_THE_QUEUE = """
select job.id from gis_core_job job cross join lateral (
    select bool_or(status in ('todo', 'doing')) as alive,
        bool_or(status = 'cancelled' or status in ('failed', 'aborted') and abort_requested) as stopped
    from procrastinate_jobs where args ->> 'job_id' = job.id::text and task_name = job.kind
) task
where job.state in ('waiting', 'running') and task.stopped and not task.alive
"""
WORKERS = """
select job.id, count(worker.id) > 0, count(queued.id) > 0,
    extract(epoch from clock_timestamp() - job.started_at)::float8
from unnest(%s::bigint[], %s::text[], %s::timestamptz[]) job (id, kind, started_at)
left join procrastinate_workers worker on worker.last_heartbeat > now() - make_interval(secs => %s)
left join procrastinate_jobs queued on queued.worker_id = worker.id and queued.status = 'doing'
    and queued.task_name = job.kind and queued.args ->> 'job_id' = job.id::text
group by job.id, job.started_at
"""


@transaction.atomic
def start_job(
    *, kind: str, title: str, owner: Member | None, started_by: User, parameters: dict[str, Any], rights: Rights
) -> Job:
    """Make a job row and queue the task of this kind, both or neither.

    `kind` is one that an app declares; `parameters` must be JSON. Raises Forbidden when the user's role at the owner
    does not allow this kind of job.
    """
    if not may_run(kind, owner.pk if owner else None, rights):
        raise Forbidden(_("Your role does not allow this."))
    job = Job.objects.create(
        kind=kind, title=title[:LONGEST_TITLE], owner=owner, started_by=started_by, parameters=parameters
    )
    queue.configure_task(kind, queue=JOB_KINDS.get(kind).queue).defer(job_id=job.pk)
    return job


def queue_task(name: str, arguments: dict[str, Any], **options: Any) -> None:
    """Queue a declared task; `options` are the queue's and replace what the declaration says.

    That is repeated to the queue, since workers alone give it their tasks. Raises KeyError, and AlreadyEnqueued.
    """
    task = TASKS.get(name)
    declared = {"queue": task.queue, "lock": task.lock, "queueing_lock": task.queueing_lock}
    queue.configure_task(name, **declared | options).defer(**arguments)


def may_run(kind: str, owner_id: int | None, rights: Rights) -> bool:
    """Whether the user's role at the owner allows this kind of job."""
    roles = JOB_KINDS.get(kind).roles
    if roles is None:
        return rights.signed_in and owner_id is None
    return rights.has_role(owner_id, roles)


def jobs_seen_by(rights: Rights) -> JobQuerySet:
    return Job.objects.visible_to(rights)


def job_seen_by(*, rights: Rights, job_id: int) -> Job:
    """One job of the user's members, or their own. Raises NotFound."""
    return first_of(jobs_seen_by(rights).filter(pk=job_id))


def report_seen_by(*, rights: Rights, job_id: int) -> Any:
    """A job's report. Raises NotFound also while there is none."""
    job = job_seen_by(rights=rights, job_id=job_id)
    if job.report is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    declared = JOB_KINDS.find(job.kind)
    return declared.worded(job.report) if declared else job.report


def may_stop(job: Job, rights: Rights) -> bool:
    """Whoever started it, and whoever may start such a job at its owner."""
    declared = JOB_KINDS.find(job.kind)
    roles = declared.roles if declared else None
    return (
        rights.agency
        or job.started_by_id == rights.user_id
        or (job.owner_id is not None and roles is not None and rights.has_role(job.owner_id, roles))
    )


def stop_job(*, rights: Rights, job_id: int) -> Job:
    """Ask for the end of a job, which comes within seconds while a worker lives.

    Raises NotFound, Forbidden, Conflict (it is over).
    """
    job = job_seen_by(rights=rights, job_id=job_id)
    if not may_stop(job, rights):
        raise Forbidden(_("Your role does not allow this."))
    if job.state not in OPEN_STATES:
        raise Conflict(_("This job is over already."))
    cancelled = [queue.job_manager.cancel_job_by_id(number, abort=True) for number in list_queue_ids(job)]
    if not any(cancelled):
        raise Conflict(_("This job is over already."))
    return job


def list_queue_ids(job: Job) -> list[int]:
    """The queue's numbers of what is still to do for a job, or being done."""
    rows = fetch_all(
        "select id from procrastinate_jobs where status in ('todo', 'doing') and task_name = %s"
        " and args ->> 'job_id' = %s",
        [job.kind, str(job.pk)],
    )
    return [number for (number,) in rows]


def list_stopped_jobs() -> list[Job]:
    """Open jobs that nothing will run any more, since somebody has stopped their task.

    The queue cancels a task that waits; one that was asked to stop and would be tried again it lets fail.
    """
    numbers = [number for (number,) in fetch_all(STOPPED_IN_THE_QUEUE)]
    return list(Job.objects.select_related("started_by").filter(pk__in=numbers, state__in=OPEN_STATES))


def describe_job(job: Job) -> tuple[str, str]:
    """State and message as people read them, with how long it still takes where that can be told; a job whose worker
    is gone, or that finds none, says so.
    """
    return describe_jobs([job])[job.pk]


def describe_jobs(jobs: Sequence[Job]) -> dict[int, tuple[str, str]]:
    """The same of several jobs, by their numbers; their workers are asked for once."""
    open_jobs = [job for job in jobs if job.state in OPEN_STATES]
    at_work = workers_for(open_jobs) if open_jobs else {}
    return {job.pk: describe_with_workers(job, *at_work.get(job.pk, (False, False, None))) for job in jobs}


def describe_with_workers(job: Job, living: bool, at_work: bool, elapsed_s: float | None) -> tuple[str, str]:
    """State and message, where it is known what `workers_for` tells of an open job."""
    if job.state not in OPEN_STATES:
        return job.get_state_display(), job.message
    if job.started_at and not at_work:
        why = job.message if job.state == Job.State.WAITING else ""
        stopped = _("The worker stopped during this job; the next one starts it again.")
        return str(Job.State.WAITING.label), why or stopped
    if not living:
        return job.get_state_display(), _("No worker is running: the job starts with the next one.")
    return job.get_state_display(), " · ".join(filter(None, (job.message, estimate_of(job, elapsed_s))))


def estimate_of(job: Job, elapsed_s: float | None) -> str:
    """How long a job still takes that began so many seconds ago, in words; "" where that cannot be told: when a job
    began that was begun again nobody kept.
    """
    if elapsed_s is None or job.run > 1 or job.state != Job.State.RUNNING:
        return ""
    seconds = time_left(job.progress, elapsed_s)
    return "" if seconds is None else describe_time_left(seconds)


def workers_for(jobs: Sequence[Job]) -> dict[int, tuple[bool, bool, float | None]]:
    """By the number of each job: whether any worker lives, whether one that lives has this job, and how many seconds
    ago it began.
    """
    rows = fetch_all(
        WORKERS,
        [
            [job.pk for job in jobs],
            [job.kind for job in jobs],
            [job.started_at for job in jobs],
            LOST_AFTER_S,
        ],
    )
    return {number: (living, at_work, elapsed_s) for number, living, at_work, elapsed_s in rows}


def begin(job: Job) -> bool:
    """The worker has taken the job; False when it is over already. Instants are the database's: machines differ."""
    changed = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
        state=Job.State.RUNNING,
        run=F("run") + 1,
        started_at=Coalesce("started_at", Now()),
        progress=None,
        message="",
        ended_at=None,
    )
    job.refresh_from_db(fields=["run"])
    return changed > 0


def wait_again(job_id: int, message: str = "", *, run: int | None = None) -> None:
    """The job's run ended before its work: the next worker runs it from the start, and that run ends nothing more.

    `run` is that of who gives it back, which does nothing when another has the job by now; without, whoever has it
    loses it.
    """
    running = Job.objects.filter(pk=job_id, state=Job.State.RUNNING)
    if run is not None:
        running = running.filter(run=run)
    running.update(state=Job.State.WAITING, run=F("run") + 1, progress=None, message=message[:LONGEST_MESSAGE])


def end(job: Job, *, state: Job.State, message: str = "", report: Any = None) -> bool:
    """The job is over, well or badly; a missing report keeps an earlier one.

    False when this run no longer counts: its worker was taken for dead, and the job given to another. False too when
    it is over already: a process that is killed while its work is committed has done it.
    """
    changes: dict[str, Any] = {"state": state, "message": message[:LONGEST_MESSAGE], "ended_at": Now()}
    if report is not None:
        changes["report"] = report
    if state == Job.State.DONE:
        changes["progress"] = 1.0
    return Job.objects.filter(pk=job.pk, run=job.run, state__in=OPEN_STATES).update(**changes) > 0


def disconnect_lost_workers() -> int:
    """End the database sessions of workers that are taken for dead; how many sessions there were.

    A frozen worker that wakes finds its transaction undone: what it held others get, and what it wrote nobody sees.
    """
    (ended,) = fetch_one(
        "select count(pg_terminate_backend(session.pid)) from pg_stat_activity session"
        " where session.usename = current_user and session.datname = current_database()"
        " and session.application_name ~ '^arpent worker [0-9]+$' and not exists ("
        "   select from procrastinate_workers worker"
        "   where worker.id = substring(session.application_name from '[0-9]+$')::bigint"
        "   and worker.last_heartbeat > now() - make_interval(secs => %s))",
        [LOST_AFTER_S],
    )
    return int(ended)


def hold(connection: BaseDatabaseWrapper, what: str) -> None:
    """Wait until no other connection holds this; the hold ends with the connection's process at the latest.

    The worker's role waits for a minute at most (`lock_timeout`): OperationalError then.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtextextended('arpent ' || %s, 0))", [what])


def release_locks(connection: BaseDatabaseWrapper) -> None:
    """Release every advisory lock of a connection, and close it: it may return to a pool."""
    with suppress(AnyDatabaseError), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_unlock_all()")
    with suppress(AnyDatabaseError):
        connection.close()


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Do something that nobody else does meanwhile, in this process or another."""
    holder = connections["default"].copy()
    try:
        hold(holder, what)
        yield
    finally:
        release_locks(holder)


class ProgressWriter:
    """Holds a job and writes its progress, through a connection of its own.

    The task's transaction is not visible until its end, and the hold ends with the process.
    """

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.connection = connections["default"].copy()

    def claim(self) -> None:
        """Wait until nobody else has the job: a worker taken for dead may only have been slow."""
        hold(self.connection, f"job {self.job_id}")

    def write(self, share: float | None, message: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "update gis_core_job set progress = %s, message = %s where id = %s and state = 'running'",
                [share, message[:LONGEST_MESSAGE], self.job_id],
            )

    def close(self) -> None:
        """Release the lock of the job; the connection may return to a pool."""
        release_locks(self.connection)
