"""What happens in the background: notices sent and tried out; what is old forgotten every night. Hours are in UTC."""

from typing import Any

from django.db import transaction
from procrastinate.job_context import AbortReason

from gis_core.errors import ArpentError, NotFound
from gis_core.jobs.task_process import Interrupted
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Job
from gis_core.tasks import RunningJob
from networks.notifications.models import Notice
from networks.notifications.services import sending
from networks.notifications.services.retention import forget_old


def send_notice(running: RunningJob) -> dict[str, Any]:
    """Hand the messages of a notice over; begun again, it goes on where it was."""
    notice = notice_of(running)
    try:
        return sending.send_out(notice, running.report_progress)
    except Interrupted:
        if running.stop_reason() == AbortReason.USER_REQUEST:
            raise sending.stop_error(notice) from None
        raise


def partial_sending_error(job: Job) -> ArpentError | None:
    """What left before the sending was killed has left."""
    with acting_as(SYSTEM), transaction.atomic():
        notice = Notice.objects.select_related("owner").filter(pk=job.parameters.get("notice")).first()
        return sending.stop_error(notice) if notice else None


def try_notice(running: RunningJob) -> dict[str, Any]:
    """Write what a notice would send to a file."""
    return sending.write_trial(notice_of(running), running.report_progress)


def notice_of(running: RunningJob) -> Notice:
    notice = Notice.objects.select_related("owner").filter(pk=running.parameters["notice"]).first()
    if notice is None:
        raise NotFound("This notice is no longer there.")
    return notice


def forget_warned(timestamp: int) -> None:
    """Every night."""
    forget_old()
