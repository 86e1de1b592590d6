"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.members.technicians import TECHNICIANS
from gis_core.wiring.points import Later
from networks.roads.sources import ASSETS

KINDS = (
    JobKind(
        kind="import_roads",
        work=Later("networks.roads.tasks.import_roads"),
        roles=TECHNICIANS,
        afterwards=Later("networks.roads.tasks.forget_files"),
    ),
    JobKind(kind="take_back_roads", work=Later("networks.roads.tasks.take_back_roads"), roles=TECHNICIANS),
    JobKind(kind="coverage_study", work=Later("networks.roads.tasks.coverage_study"), roles=TECHNICIANS),
    *ASSETS.job_kinds(),
)
TASKS = (
    Task(
        name="calibrate_roads",
        run=Later("networks.roads.tasks.calibrate_roads"),
        cron="* * * * *",
        lock="calibrate_roads",
    ),
)
