"""Imports of assets in the background."""

from typing import Any

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Job
from gis_core.tasks import RunningJob
from networks.roads.services import assets_importing as importing


def leave(job: Job) -> None:
    """A job that ended badly leaves its import where people can go on, with the job's reason and what it found."""
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        with acting_as(SYSTEM):
            importing.leave(int(job.parameters["delivery"]), job.message, job.report)


def read_road_assets(running: RunningJob) -> dict[str, Any]:
    """Look at what was sent; nothing is written but what it holds."""
    return importing.read(int(running.parameters["delivery"]), running.tell)


def load_road_assets(running: RunningJob) -> dict[str, Any]:
    """Write the assets, all or nothing."""
    return importing.load(int(running.parameters["delivery"]), running.tell)


def take_back_road_assets(running: RunningJob) -> dict[str, Any]:
    """Undo an import."""
    return importing.bring_back(int(running.parameters["delivery"]), running.tell)
