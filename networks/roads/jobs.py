"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.members.technicians import TECHNICIANS
from gis_core.wiring.points import Later
from networks.roads import sources

KINDS = (
    *sources.JOB_KINDS,
    JobKind(kind="coverage_study", work=Later("networks.roads.tasks.coverage_study"), roles=TECHNICIANS),
)
TASKS = (
    Task(
        name="calibrate_roads",
        run=Later("networks.roads.tasks.calibrate_roads"),
        cron="* * * * *",
        lock="calibrate_roads",
    ),
)
