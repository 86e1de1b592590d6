"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.members.technicians import TECHNICIANS
from gis_core.wiring.points import Later
from networks.water import sources

KINDS = (
    JobKind(kind="scan_network", work=Later("networks.water.tasks.scan_network"), roles=TECHNICIANS),
    JobKind(kind="fire_coverage", work=Later("networks.water.tasks.fire_coverage"), roles=TECHNICIANS),
    *sources.JOB_KINDS,
)
TASKS = (Task(name="scan_networks", run=Later("networks.water.tasks.scan_networks"), cron="7 1 * * *"),)
