"""Background tasks: how an app declares one, and the platform's own housekeeping."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from gis_core.errors import ArpentError, Forbidden
from gis_core.models import Job, User
from gis_core.rights import ADMINISTRATORS, SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.services import jobs

log = logging.getLogger("arpent.tasks")
PROGRESS_STEP_S = 0.5
MOST_ATTEMPTS = 3
KEPT = timedelta(days=90)

ROLES: dict[str, frozenset[Role]] = {}


@dataclass
class RunningJob:
    """What a task is given: the job, the rights of who started it (asked again now), and a way to tell its progress."""

    job: Job
    rights: Rights
    should_stop: Callable[[], bool]
    writer: jobs.ProgressWriter
    told_at: float = field(default=0.0, init=False)

    @property
    def parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = self.job.parameters
        return parameters

    def tell(self, share: float | None, message: str = "") -> None:
        """Show how far the work is (0 to 1, None when nobody knows); cheap to call often."""
        if time.monotonic() - self.told_at >= PROGRESS_STEP_S:
            self.told_at = time.monotonic()
            self.writer.write(share, message)


Work = Callable[[RunningJob], Any]


def job_task(kind: str, *, roles: frozenset[Role] = ADMINISTRATORS) -> Callable[[Work], Work]:
    """Declare the task of a kind of job. It returns the job's report (JSON) and raises domain errors.

    `roles` at the job's owner are asked for when the job is started and again when it runs. The task must be able to
    run again from the start: a killed worker's jobs are given to the next one.
    """

    def declare(work: Work) -> Work:
        ROLES[kind] = roles

        @app.task(name=kind, pass_context=True)
        def task(context: JobContext, *, job_id: int) -> None:
            job = Job.objects.select_related("started_by", "owner").get(pk=job_id)
            if job.state in (Job.State.WAITING, Job.State.RUNNING):
                run(job, work, context.should_abort)

        return work

    return declare


def run(job: Job, work: Work, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Run a job's work as the person who started it; whatever happens, the job ends in words."""
    with acting_as(SYSTEM):
        jobs.begin(job)
    writer = jobs.ProgressWriter(job.pk)
    language = job.started_by.language if job.started_by else "fr"
    try:
        with translation.override(language):
            finish(job, work, should_stop, writer)
    finally:
        writer.close()


def finish(job: Job, work: Work, should_stop: Callable[[], bool], writer: jobs.ProgressWriter) -> None:
    try:
        rights = rights_now(job.started_by, job)
        with acting_as(rights):
            report = work(RunningJob(job, rights, should_stop, writer))
    except ArpentError as error:
        with acting_as(SYSTEM):
            jobs.end(job, state=Job.State.FAILED, message=str(error.message), report=error.extra.get("report"))
    except Exception:
        log.exception("job failed", extra={"fields": {"job": job.pk, "kind": job.kind}})
        with acting_as(SYSTEM):
            jobs.end(
                job, state=Job.State.FAILED, message=_("The platform met an unexpected error; it has been recorded.")
            )
        raise
    else:
        with acting_as(SYSTEM):
            jobs.end(job, state=Job.State.DONE, report=report)


def rights_now(user: User | None, job: Job) -> Rights:
    """The rights of who started the job, as they are when it runs. Raises Forbidden when they no longer suffice."""
    rights = rights_of(user) if user else Rights()
    if not rights.has_role(job.owner_id, ROLES[job.kind]):
        raise Forbidden(_("Whoever started this job no longer has the role it needs."))
    return rights


@app.periodic(cron="* * * * *")
@app.task(name="sweep_stalled_jobs", queueing_lock="sweep_stalled_jobs", pass_context=True)
async def sweep_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a killed worker to the next one, three times at most."""
    from asgiref.sync import sync_to_async

    for stalled in await context.app.job_manager.get_stalled_jobs():
        if stalled.attempts < MOST_ATTEMPTS:
            await context.app.job_manager.retry_job(stalled)
        else:
            await context.app.job_manager.finish_job(stalled, Status.FAILED, delete_job=False)
            await sync_to_async(give_up)(stalled.task_kwargs.get("job_id"))


def give_up(job_id: Any) -> None:
    with acting_as(SYSTEM):
        for job in Job.objects.filter(pk=job_id) if isinstance(job_id, int) else []:
            jobs.end(
                job,
                state=Job.State.FAILED,
                message=_("The worker was stopped three times during this job; it was given up."),
            )


@app.periodic(cron="17 3 * * *")
@app.task(name="tidy", queueing_lock="tidy")
def tidy(timestamp: int) -> None:
    """Every night: expired sessions and jobs finished long ago go."""
    call_command("clearsessions")
    with acting_as(SYSTEM):
        Job.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()


@app.periodic(cron="27 3 * * *")
@app.task(name="tidy_queue", queueing_lock="tidy_queue", pass_context=True)
async def tidy_queue(context: JobContext, timestamp: int) -> None:
    """Every night: the queue's own rows of finished jobs go after a month."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=30 * 24, include_failed=True, include_cancelled=True, include_aborted=True
    )
