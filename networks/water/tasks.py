"""What happens in the background: files read, networks loaded, their snapping undone, imports taken back."""

from typing import Any

from gis_core.models import Job
from gis_core.rights import SYSTEM, acting_as
from gis_core.tasks import RunningJob, job_task
from networks.water.models import TECHNICIANS
from networks.water.services import importing


def leave(job: Job) -> None:
    """A job that ended badly leaves its import where people can go on, with the job's reason and what it found."""
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        with acting_as(SYSTEM):
            importing.leave(int(job.parameters["import"]), job.message, job.report)


@job_task(importing.READ, roles=TECHNICIANS, afterwards=leave)
def read_network(running: RunningJob) -> dict[str, Any]:
    """Read what was sent; nothing is written but the plan."""
    return importing.read(int(running.parameters["import"]), running.tell)


@job_task(importing.LOAD, roles=TECHNICIANS, afterwards=leave)
def load_network(running: RunningJob) -> dict[str, Any]:
    """Load what was read."""
    return importing.load(int(running.parameters["import"]), running.tell)


@job_task(importing.UNDO, roles=TECHNICIANS, afterwards=leave)
def undo_network_snapping(running: RunningJob) -> dict[str, Any]:
    """Put every snapped end back."""
    return importing.undo(int(running.parameters["import"]), running.tell)


@job_task(importing.TAKE_BACK, roles=TECHNICIANS, afterwards=leave)
def take_back_network(running: RunningJob) -> dict[str, Any]:
    """Undo an import."""
    return importing.bring_back(int(running.parameters["import"]), running.tell)
