"""Background tasks: how an app declares one, and the platform's own housekeeping."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.db import close_old_connections, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from gis_core.errors import ArpentError, Forbidden
from gis_core.models import IdempotencyKey, Job, User
from gis_core.outages import database_is_gone
from gis_core.rights import ADMINISTRATORS, SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.security import forget_old_days
from gis_core.services import account_mail, jobs

log = logging.getLogger("arpent.tasks")
PROGRESS_STEP_S = 0.5
MOST_ATTEMPTS = 3
KEPT = timedelta(days=90)
KEYS_KEPT = timedelta(days=7)

SWEEP_STEP_S = 2.0
# The queue of jobs that somebody waits for.
WAITED = "waited"

StopReason = Callable[[], AbortReason | None]
# By kind, what removes the files of a job that is over.
AFTERWARDS: defaultdict[str, Callable[[Job], None]] = defaultdict(lambda: lambda job: None)


class Interrupted(JobAborted):
    """Raised inside a job that has to stop before its end."""


class WithTheNextWorker(BaseRetryStrategy):
    """A job that was interrupted, or that lost the database, goes back into the queue."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """The queue asks this for every failure, and heeds it unless the abortion was asked for."""
        again = isinstance(exception, Interrupted) or database_is_gone(exception)
        return RetryDecision() if again else None


@dataclass
class RunningJob:
    """What a task is given: the job, the rights of who started it (asked again now), and a way to tell its progress."""

    job: Job
    rights: Rights
    stop_reason: StopReason
    writer: jobs.ProgressWriter
    told_at: float = field(default=0.0, init=False)

    @property
    def parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = self.job.parameters
        return parameters

    def tell(self, share: float | None, message: str = "") -> None:
        """Show how far the work is (0 to 1, None when nobody knows); cheap to call often. Raises Interrupted."""
        if self.stop_reason():
            raise Interrupted
        if time.monotonic() - self.told_at >= PROGRESS_STEP_S:
            self.told_at = time.monotonic()
            self.writer.write(share, message)


Work = Callable[[RunningJob], Any]


def job_task(
    kind: str,
    *,
    roles: frozenset[Role] | None = ADMINISTRATORS,
    afterwards: Callable[[Job], None] = lambda job: None,
    waited: bool = False,
) -> Callable[[Work], Work]:
    """Declare the task of a kind of job. It returns the job's report (JSON) and raises domain errors.

    `roles` at the job's owner are asked for when the job is started and again when it runs; None is for jobs without
    an owner, which anybody signed in starts for themselves. The task must be able to run again from the start: the jobs
    of a worker that stops are given to the next one. What it writes and the job's end are one transaction. The worker's
    database role passes row policies by: what a task reads for somebody it reads inside `under_policies`. `afterwards`
    removes what the job needed, once it will not run again. A short job that is `waited` for runs beside a long one.
    """

    def declare(work: Work) -> Work:
        jobs.ROLES[kind] = roles
        AFTERWARDS[kind] = afterwards

        @app.task(name=kind, queue=WAITED if waited else "default", pass_context=True, retry=WithTheNextWorker())
        def task(context: JobContext, *, job_id: int) -> None:
            job = Job.objects.select_related("started_by", "owner").get(pk=job_id)
            run(job, work, context.abort_reason)

        return work

    return declare


def run(job: Job, work: Work, stop_reason: StopReason = lambda: None) -> None:
    """Run a job's work as the person who started it, unless it is over; whatever happens, the job ends in words."""
    writer = jobs.ProgressWriter(job.pk)
    language = job.started_by.language if job.started_by else "fr"
    try:
        writer.claim()
        with acting_as(SYSTEM):
            begun = jobs.begin(job)
        with translation.override(language):
            if begun:
                finish(job, work, stop_reason, writer)
            else:
                AFTERWARDS[job.kind](job)
    finally:
        writer.close()


def finish(job: Job, work: Work, stop_reason: StopReason, writer: jobs.ProgressWriter) -> None:
    """Do the work and end the job, in one transaction: when its worker is killed later, nothing is done twice."""
    try:
        rights = rights_now(job.started_by, job)
        with acting_as(rights), transaction.atomic():
            report = work(RunningJob(job, rights, stop_reason, writer))
            with acting_as(SYSTEM):
                jobs.end(job, state=Job.State.DONE, report=report)
    except Interrupted:
        interrupted(job, stop_reason())
        raise
    except Exception as error:
        if database_is_gone(error):
            # Nothing was committed, and nothing can be said now: the job runs again.
            log.warning("a job lost the database: %s", error, extra={"fields": {"job": job.pk, "kind": job.kind}})
            raise
        failed(job, error)
        if not isinstance(error, ArpentError):
            raise
    else:
        AFTERWARDS[job.kind](job)


def failed(job: Job, error: Exception) -> None:
    """The job ends badly, for a reason in words or for one that is recorded."""
    if isinstance(error, ArpentError):
        over(job, state=Job.State.FAILED, message=str(error.message), report=error.extra.get("report"))
    else:
        log.exception("job failed", extra={"fields": {"job": job.pk, "kind": job.kind}})
        over(job, state=Job.State.FAILED, message=_("The platform met an unexpected error; it has been recorded."))


def interrupted(job: Job, reason: AbortReason | None) -> None:
    """The worker stops, and the job waits for the next one; or somebody asked for its end."""
    if reason == AbortReason.USER_REQUEST:
        over(job, state=Job.State.CANCELLED, message=_("The job was stopped; nothing was changed."))
        return
    with acting_as(SYSTEM):
        jobs.wait_again(job.pk)


def over(job: Job, *, state: Job.State, message: str, report: Any = None) -> None:
    """The job ends without its work, and will not run again."""
    with acting_as(SYSTEM):
        jobs.end(job, state=state, message=message, report=report)
    AFTERWARDS[job.kind](job)


def rights_now(user: User | None, job: Job) -> Rights:
    """The rights of who started the job, as they are when it runs. Raises Forbidden when they no longer suffice."""
    rights = rights_of(user) if user else Rights()
    if not jobs.may_run(job.kind, job.owner_id, rights):
        raise Forbidden(_("Whoever started this job no longer has the role it needs."))
    return rights


async def sweep(manager: JobManager) -> None:
    """Give the jobs of a killed worker to the next one; a job whose worker is killed three times is given up."""
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=jobs.LOST_AFTER_S):
        job_id = stalled.task_kwargs.get("job_id")
        log.warning("a worker was lost", extra={"fields": {"task": stalled.task_name, "job": job_id}})
        if stalled.attempts + 1 < MOST_ATTEMPTS:
            await in_a_thread(set_aside, job_id)
            await manager.retry_job(stalled)
        else:
            await manager.finish_job(stalled, Status.FAILED, delete_job=False)
            await in_a_thread(GIVEN_UP[stalled.task_name], stalled.task_kwargs)


async def keep_sweeping(manager: JobManager) -> None:
    """Sweep for ever, whatever happens to the database."""
    while True:
        await asyncio.sleep(SWEEP_STEP_S)
        try:
            await sweep(manager)
        except Exception:
            log.exception("the jobs of lost workers could not be taken up")


async def in_a_thread(work: Callable[[Any], None], argument: Any) -> None:
    """Use Django's connection, fresh each time: this one is idle for days."""

    def with_connection() -> None:
        close_old_connections()
        try:
            work(argument)
        finally:
            close_old_connections()

    await sync_to_async(with_connection)()


def set_aside(job_id: Any) -> None:
    if isinstance(job_id, int):
        with acting_as(SYSTEM):
            jobs.wait_again(job_id)


def give_up(arguments: dict[str, Any]) -> None:
    job_id = arguments.get("job_id")
    with acting_as(SYSTEM):
        found = list(Job.objects.filter(pk=job_id)) if isinstance(job_id, int) else []
    for job in found:
        over(
            job,
            state=Job.State.FAILED,
            message=_("The worker was stopped three times during this job; it was given up."),
        )


# By task, what records that its worker was killed three times, given the task's arguments.
GIVEN_UP: defaultdict[str, Callable[[dict[str, Any]], None]] = defaultdict(lambda: give_up)


@app.task(
    name=account_mail.TASK,
    queue=WAITED,
    # A server that does not answer is tried again after 3, 9, 27... seconds, for about three hours.
    retry=RetryStrategy(max_attempts=9, exponential_wait=3, retry_exceptions=(OSError,)),
)
def send_account_mail(kind: str, values: dict[str, Any]) -> None:
    """A mail about an account leaves."""
    account_mail.send(kind, values)


@app.periodic(cron="17 3 * * *")
@app.task(name="tidy", queueing_lock="tidy")
def tidy(timestamp: int) -> None:
    """Every night: expired sessions, jobs finished long ago, keys of writes that nobody sends again and old days of the
    security journal go."""
    call_command("clearsessions")
    forget_old_days()
    with acting_as(SYSTEM):
        Job.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()
        IdempotencyKey.objects.filter(at__lt=timezone.now() - KEYS_KEPT).delete()


@app.periodic(cron="27 3 * * *")
@app.task(name="tidy_queue", queueing_lock="tidy_queue", pass_context=True)
async def tidy_queue(context: JobContext, timestamp: int) -> None:
    """Every night: the queue's own rows of finished jobs go after a month."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=30 * 24, include_failed=True, include_cancelled=True, include_aborted=True
    )
