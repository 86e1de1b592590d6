"""What happens in the background. Hours are in UTC."""

from typing import Any

from procrastinate.contrib.django import app

from gis_core.rights import SYSTEM, acting_as
from gis_core.tasks import RunningJob, job_task
from networks.water.services.anomalies import scanning


@job_task(scanning.KIND, roles=scanning.ROLES)
def scan_network(running: RunningJob) -> dict[str, Any]:
    """Look for the anomalies of a member's network."""
    assert running.job.owner_id is not None
    return scanning.scan(running.job.owner_id, str(running.parameters.get("family")), running.tell)


@app.periodic(cron="7 1 * * *")
@app.task(name="scan_networks", queueing_lock="scan_networks")
def scan_networks(timestamp: int) -> None:
    """Every night: networks that changed since their last scan."""
    with acting_as(SYSTEM):
        scanning.scan_changed()
