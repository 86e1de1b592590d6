"""Background tasks: how the worker declares and runs them, and the platform's own housekeeping."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from gis_core.accounts import mail as account_mail
from gis_core.database import clock
from gis_core.database.failures import in_domain_terms
from gis_core.database.outages import database_is_gone
from gis_core.database.statements import fetch_one
from gis_core.errors import DatabaseGone, Forbidden, MailNotTaken, TryAgain
from gis_core.files import erasing
from gis_core.jobs import services as jobs
from gis_core.jobs.points import JOB_KINDS, TASKS, JobKind, Task
from gis_core.jobs.task_process import (
    Ended,
    Interrupted,
    LauncherLost,
    ProcessLost,
    TaskFailed,
    attempts,
    fields_of,
    processes,
)
from gis_core.journal.keeping import fill_from_files, forget_old_lines
from gis_core.members.rights import SYSTEM, Rights, acting_as, rights_of
from gis_core.models import IdempotencyKey, Job, User
from gis_core.operations.logs import current_task
from gis_core.operations.security_journal import forget_old_days
from gis_core.ownership.stock import note_gone
from gis_core.wiring.points import Later

log = logging.getLogger("arpent.tasks")
PROGRESS_STEP_S = 0.5
# The exit code of a worker that was frozen for so long that others took its jobs, or that can run none.
LOST_EXIT = 75
MOST_ATTEMPTS = 3
# What held others up may go on for a while: some half an hour, in which the worker does other jobs.
MOST_WAITS = 20
WAIT_S = 30
# A mail leaves again after 3, 9, 27... seconds, for about three hours.
MOST_MAIL_RETRIES, MAIL_WAIT_S = 8, 3
KEPT = timedelta(days=90)
KEYS_KEPT = timedelta(days=7)
# The journal's files of these days are looked through every night for lines that the database lacks.
FILLED = timedelta(days=2)
QUEUE_KEPT = timedelta(days=30)

SWEEP_STEP_S = 2.0

StopReason = Callable[[], AbortReason | None]


class WithTheNextWorker(BaseRetryStrategy):
    """A job that was interrupted or lost the database goes back into the queue, and so does one, some times, that met
    what may pass."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """The queue asks this for every failure, and heeds it unless the abortion was asked for."""
        if isinstance(exception, Interrupted | DatabaseGone) or database_is_gone(exception):
            return RetryDecision()
        if isinstance(exception, ProcessLost) and may_again(job.attempts):
            return RetryDecision()
        if isinstance(exception, TryAgain) and may_again(job.attempts, exception):
            return RetryDecision(retry_in={"seconds": WAIT_S if exception.busy else 0})
        return None


class WithTheMailServer(WithTheNextWorker):
    """As others, and more patient where the mail server does not answer."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        if not isinstance(exception, MailNotTaken):
            return super().get_retry_decision(exception=exception, job=job)
        if job.attempts >= MOST_MAIL_RETRIES:
            return None
        return RetryDecision(retry_in={"seconds": MAIL_WAIT_S ** (job.attempts + 1)})


def may_again(attempts: int, why: TryAgain | None = None) -> bool:
    """Whether a task that ended so after this many attempts before is tried again."""
    return attempts + 1 < (MOST_WAITS if why and why.busy else MOST_ATTEMPTS)


@dataclass
class RunningJob:
    """What a task is given: the job, the rights of who started it (asked again now), and how to report progress."""

    job: Job
    rights: Rights
    stop_reason: StopReason
    writer: jobs.ProgressWriter
    reported_at: float = field(default=0.0, init=False)

    @property
    def parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = self.job.parameters
        return parameters

    def report_progress(self, share: float | None, message: str = "") -> None:
        """Show how far the work is (0 to 1, None when nobody knows); cheap to call often. Raises Interrupted."""
        if self.stop_reason():
            raise Interrupted
        if time.monotonic() - self.reported_at >= PROGRESS_STEP_S:
            self.reported_at = time.monotonic()
            self.writer.write(share, message)


Work = Callable[[RunningJob], Any]


def declare_tasks() -> None:
    """Give the queue the tasks of all apps, once. Their modules are imported: what is forked after that has them."""
    for task in (*map(task_of, JOB_KINDS.all()), *TASKS.all()):
        if task.name not in app.tasks:
            declare(task)


def task_of(kind: JobKind) -> Task:
    """The task that runs jobs of this kind."""
    work = import_target(kind.work)

    def run_job(context: JobContext, *, job_id: int) -> None:
        job = Job.objects.select_related("started_by", "owner").get(pk=job_id)
        run(job, work, context.abort_reason, context.job.attempts)

    return Task(name=kind.kind, run=run_job, queue=kind.queue, with_context=True)


def declare(task: Task) -> None:
    options: dict[str, Any] = {
        "lock": task.lock,
        "queueing_lock": task.queueing_lock,
        "pass_context": task.with_context,
    }
    make: Any = app.task(name=task.name, queue=task.queue, retry=task.retry(), **options)
    made = make(import_target(task.run))
    if task.cron:
        app.periodic(cron=task.cron)(made)


def import_target(function: Callable[..., Any]) -> Callable[..., Any]:
    return function.target if isinstance(function, Later) else function


def run(job: Job, work: Work, stop_reason: StopReason = lambda: None, attempts: int = 0) -> None:
    """Run a job's work as the person who started it, unless it is over; whatever happens, the job ends in words.

    `attempts` is how often it was begun before.
    """
    writer = jobs.ProgressWriter(job.pk)
    language = job.started_by.language if job.started_by else "fr"
    try:
        with waiting_ends(job, attempts):
            writer.claim()
        with acting_as(SYSTEM):
            begun = jobs.begin(job)
        with translation.override(language):
            if begun:
                finish(job, work, stop_reason, writer, attempts)
            else:
                clear_up(job)
    finally:
        writer.close()


@contextmanager
def waiting_ends(job: Job, attempts: int) -> Iterator[None]:
    """Another worker has the job and lives: it goes back into the queue. Raises TryAgain."""
    try:
        yield
    except DatabaseError as error:
        again = in_domain_terms(error)
        if not isinstance(again, TryAgain):
            raise
        log.warning("a job is held by another worker", extra={"fields": {"job": job.pk, "kind": job.kind}})
        if not may_again(attempts, again):
            over(job, state=Job.State.FAILED, message=str(again.message))
        raise again from error


def finish(job: Job, work: Work, stop_reason: StopReason, writer: jobs.ProgressWriter, attempts: int = 0) -> None:
    """Do the work and end the job, in one transaction: when its worker is killed later, nothing is done twice."""
    try:
        rights = rights_now(job.started_by, job)
        with acting_as(rights), transaction.atomic():
            report = work(RunningJob(job, rights, stop_reason, writer))
            with acting_as(SYSTEM):
                if not jobs.end(job, state=Job.State.DONE, report=report):
                    raise Interrupted
    except Interrupted:
        interrupt_job(job, stop_reason())
        raise
    except Exception as error:
        if database_is_gone(error):
            # Nothing was committed, and nothing can be said now: the job runs again.
            log.warning("a job lost the database: %s", error, extra={"fields": {"job": job.pk, "kind": job.kind}})
            raise DatabaseGone(_("The database does not answer.")) from error
        end_badly(job, error, attempts)
    else:
        clear_up(job)


def end_badly(job: Job, error: Exception, attempts: int) -> None:
    """End the job in words, or put it back when what happened may pass. Raises TryAgain, and what nobody foresaw."""
    known = in_domain_terms(error)
    if isinstance(known, TryAgain) and may_again(attempts, known):
        with acting_as(SYSTEM):
            jobs.wait_again(job.pk, str(known.message), run=job.run)
        raise known from error
    if known is not None:
        over(job, state=Job.State.FAILED, message=str(known.message), report=known.extra.get("report"))
        return
    log.error("job failed", extra={"fields": {"job": job.pk, "kind": job.kind}}, exc_info=error)
    over(job, state=Job.State.FAILED, message=_("The platform met an unexpected error; it has been recorded."))
    raise error


def interrupt_job(job: Job, reason: AbortReason | None) -> None:
    """The worker stops, and the job waits for the next one; or somebody asked for its end."""
    if reason == AbortReason.USER_REQUEST:
        over(job, state=Job.State.CANCELLED, message=_("The job was stopped; nothing was changed."))
        return
    with acting_as(SYSTEM):
        jobs.wait_again(job.pk, run=job.run)


def over(job: Job, *, state: Job.State, message: str, report: Any = None) -> None:
    """The job ends without its work, and will not run again; nothing when it is over already, or another worker's."""
    with acting_as(SYSTEM):
        ours = jobs.end(job, state=state, message=message, report=report)
    if ours:
        clear_up(job)


def clear_up(job: Job) -> None:
    """Remove what a job needed that will not run again."""
    if kind := JOB_KINDS.find(job.kind):
        kind.afterwards(job)


# -- in a process of its own ------------------------------------------------------------------------------------------


def in_a_process(call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
    """Run a task in a process that is killed when it does not stop within seconds of being asked (queue middleware)."""
    if processes.launcher is None or worker.worker_id is None:
        return run_here(call_next, context.job)
    job, worker_id = context.job, worker.worker_id
    try:
        ended = processes.run(worker_id, job, context.abort_reason)
    except LauncherLost:
        # Another worker is started in our place, and takes this job up with the others.
        log.critical("the launcher of task processes has ended: so does this worker")
        os._exit(LOST_EXIT)
    close_old_connections()
    try:
        leave_if_lost(worker_id, job)
        conclude(job, ended, context.abort_reason())
    finally:
        close_old_connections()


def run_here(call_next: Callable[[], Any], job: QueuedJob) -> Any:
    """Run a task in the worker itself; a connection that the database dropped meanwhile is not the next task's."""
    attempts.set(job.attempts)
    current_task.set(fields_of(job))
    close_old_connections()
    try:
        return call_next()
    finally:
        close_old_connections()


def conclude(job: QueuedJob, ended: Ended | None, reason: AbortReason | None) -> None:
    """Tell the queue what became of a task, and whoever waits for it when its process is gone."""
    if ended is None and reason is not None:
        for known in find_jobs(job.task_kwargs):
            with translation.override(known.started_by.language if known.started_by else "fr"):
                end_killed(known, reason)
        if reason == AbortReason.USER_REQUEST and (task := TASKS.find(job.task_name)):
            task.stopped(job.task_kwargs)
        raise Interrupted
    if ended is None:
        log.warning("a task lost its process", extra={"fields": fields_of(job)})
        if may_again(job.attempts):
            set_aside(job.task_kwargs.get("job_id"))
        else:
            give_up(job.task_name, job.task_kwargs)
        raise ProcessLost(job.task_name)
    if ended.interrupted:
        raise Interrupted
    if ended.again is not None:
        # The database and the mail server are waited for by rules of their own.
        if not isinstance(ended.again, DatabaseGone | MailNotTaken) and not may_again(job.attempts, ended.again):
            give_up(job.task_name, job.task_kwargs, str(ended.again.message))
        raise ended.again
    if ended.trace:
        raise TaskFailed(ended.trace)


def end_killed(job: Job, reason: AbortReason) -> None:
    """The process of a job was killed to stop it: it waits, or ends; it is done if its work was committed by then."""
    kind = JOB_KINDS.find(job.kind)
    if reason == AbortReason.USER_REQUEST and kind and (outcome := kind.when_killed(job)):
        over(job, state=Job.State.FAILED, message=str(outcome.message), report=outcome.extra.get("report"))
    else:
        interrupt_job(job, reason)
    with acting_as(SYSTEM):
        done = Job.objects.filter(pk=job.pk, run=job.run, state=Job.State.DONE).exists()
    if done:
        clear_up(job)


def leave_if_lost(worker_id: int, job: QueuedJob) -> None:
    """End this worker when it was taken for dead: its job is another's, whose row in the queue it would close."""
    row = fetch_one(
        "select worker_id = %s and status = 'doing' from procrastinate_jobs where id = %s", [worker_id, job.id]
    )
    if row is None or not row[0]:
        log.critical("this worker was taken for dead: it ends", extra={"fields": {"task": job.task_name}})
        os._exit(LOST_EXIT)


def rights_now(user: User | None, job: Job) -> Rights:
    """The rights of who started the job, as they are when it runs. Raises Forbidden when they no longer suffice."""
    rights = rights_of(user) if user else Rights()
    if not jobs.may_run(job.kind, job.owner_id, rights):
        raise Forbidden(_("Whoever started this job no longer has the role it needs."))
    return rights


async def sweep(manager: JobManager) -> None:
    """Give the jobs of a killed worker to the next one; a job whose worker is killed three times is given up.

    Jobs whose task somebody stopped while no worker had it end.
    """
    lost = list(await manager.get_stalled_jobs(seconds_since_heartbeat=jobs.LOST_AFTER_S))
    if lost:
        await in_a_thread(disconnect, None)
    for stalled in lost:
        job_id = stalled.task_kwargs.get("job_id")
        log.warning("a worker was lost", extra={"fields": {"task": stalled.task_name, "job": job_id}})
        if stalled.attempts + 1 < MOST_ATTEMPTS:
            await in_a_thread(set_aside, job_id)
            await manager.retry_job(stalled)
        else:
            await manager.finish_job(stalled, Status.FAILED, delete_job=False)
            await in_a_thread(lambda one: give_up(one.task_name, one.task_kwargs), stalled)
    await in_a_thread(end_stopped, None)


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


def disconnect(_nothing: Any) -> None:
    if ended := jobs.disconnect_lost_workers():
        log.warning("sessions of a lost worker were ended", extra={"fields": {"sessions": ended}})


def end_stopped(_nothing: Any) -> None:
    with acting_as(SYSTEM):
        stopped = jobs.list_stopped_jobs()
    for job in stopped:
        with translation.override(job.started_by.language if job.started_by else "fr"):
            end_killed(job, AbortReason.USER_REQUEST)


def find_jobs(arguments: dict[str, Any]) -> list[Job]:
    """The job of a task's arguments, when it has one."""
    job_id = arguments.get("job_id")
    with acting_as(SYSTEM):
        return list(Job.objects.select_related("started_by").filter(pk=job_id)) if isinstance(job_id, int) else []


def set_aside(job_id: Any) -> None:
    if isinstance(job_id, int):
        with acting_as(SYSTEM):
            jobs.wait_again(job_id)


def give_up(task: str, arguments: dict[str, Any], why: str = "") -> None:
    """Record that a task is not tried again; `why` is empty where its worker was killed three times."""
    if declared := TASKS.find(task):
        declared.given_up(arguments, why)
    for job in find_jobs(arguments):
        if job.state not in (Job.State.WAITING, Job.State.RUNNING):
            continue
        over(
            job,
            state=Job.State.FAILED,
            message=why or _("The worker was stopped three times during this job; it was given up."),
        )


def send_account_mail(kind: str, values: dict[str, Any]) -> None:
    """A mail about an account leaves. Raises MailNotTaken, which the worker hears of from the task's process."""
    try:
        account_mail.send(kind, values)
    except OSError as error:
        raise MailNotTaken(str(error)) from error


def sweep_erased(timestamp: int) -> None:
    """Every night: what was erased longer ago than the recovery window goes for good."""
    note_gone("continuous_archive", erasing.sweep_erased())


def tidy(timestamp: int) -> None:
    """Every night: expired sessions, jobs finished long ago, keys of writes that nobody sends again and old days of the
    security journal go."""
    note_gone("sessions", Session.objects.filter(expire_date__lt=Now()).count())
    call_command("clearsessions")
    forget_old_days()
    with acting_as(SYSTEM):
        fill_from_files(clock.today() - FILLED)
        note_gone("security_journal", forget_old_lines(clock.now()))
        note_gone("jobs", delete(Job.objects.filter(ended_at__lt=Now() - KEPT)))
        note_gone("idempotency_keys", delete(IdempotencyKey.objects.filter(at__lt=Now() - KEYS_KEPT)))


def delete(rows: QuerySet[Any]) -> int:
    """Delete them; how many of their own table went."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


OLD_QUEUE = """
    select count(*) from procrastinate_jobs j
    where j.status not in ('todo', 'doing')
        and (select max(e.at) from procrastinate_events e where e.job_id = j.id) < now() - make_interval(days => %s)
"""


def count_old_queue() -> int:
    """How many rows of the queue `tidy_queue` removes."""
    return int(fetch_one(OLD_QUEUE, [QUEUE_KEPT.days])[0])


async def tidy_queue(context: JobContext, timestamp: int) -> None:
    """Every night: the queue's own rows of finished jobs go."""
    await in_a_thread(lambda _nothing: note_gone("queue", count_old_queue()), None)
    await context.app.job_manager.delete_old_jobs(
        nb_hours=QUEUE_KEPT.days * 24, include_failed=True, include_cancelled=True, include_aborted=True
    )
