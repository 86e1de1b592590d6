"""Long work that a person can watch: a `Job` row beside the queue's own.

An app declares a task with `gis_core.tasks.job_task`; a page or a view starts it with `start_job`.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from gis_core.errors import Forbidden, NotFound
from gis_core.models import Job, JobQuerySet, Member, User
from gis_core.rights import Rights

LONGEST_MESSAGE = 500
LONGEST_TITLE = 200


@transaction.atomic
def start_job(
    *, kind: str, title: str, owner: Member | None, started_by: User, parameters: dict[str, Any], rights: Rights
) -> Job:
    """Make a job row and queue the task of this kind, both or neither.

    `kind` names a task declared with `job_task`; `parameters` must be JSON. Raises Forbidden when the asker's role at
    the owner does not allow this kind of job.
    """
    from gis_core.tasks import ROLES

    if not rights.has_role(owner.pk if owner else None, ROLES[kind]):
        raise Forbidden(_("Your role does not allow this."))
    job = Job.objects.create(
        kind=kind, title=title[:LONGEST_TITLE], owner=owner, started_by=started_by, parameters=parameters
    )
    queue.configure_task(kind, allow_unknown=False).defer(job_id=job.pk)
    return job


def jobs_seen_by(rights: Rights) -> JobQuerySet:
    return Job.objects.visible_to(rights)


def job_seen_by(*, rights: Rights, job_id: int) -> Job:
    """One job of the asker's members. Raises NotFound."""
    job = jobs_seen_by(rights).filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return job


def report_seen_by(*, rights: Rights, job_id: int) -> Any:
    """A job's report. Raises NotFound also while there is none."""
    job = job_seen_by(rights=rights, job_id=job_id)
    if job.report is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return job.report


def begin(job: Job) -> None:
    """The worker has taken the job."""
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, started_at=job.started_at or timezone.now(), progress=None, message="", ended_at=None
    )


def end(job: Job, *, state: Job.State, message: str = "", report: Any = None) -> None:
    """The job is over, well or badly; a missing report keeps an earlier one."""
    changes: dict[str, Any] = {"state": state, "message": message[:LONGEST_MESSAGE], "ended_at": timezone.now()}
    if report is not None:
        changes["report"] = report
    if state == Job.State.DONE:
        changes["progress"] = 1.0
    Job.objects.filter(pk=job.pk).update(**changes)


class ProgressWriter:
    """Writes a job's progress through a connection of its own: the task's transaction is not visible until its end."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.connection = connections["default"].copy()

    def write(self, share: float | None, message: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "update gis_core_job set progress = %s, message = %s where id = %s and state = 'running'",
                [share, message[:LONGEST_MESSAGE], self.job_id],
            )

    def close(self) -> None:
        self.connection.close()
