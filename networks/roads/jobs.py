"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.members.technicians import TECHNICIANS
from gis_core.wiring.points import Later
from networks.roads import sources

LEAVE = Later("networks.roads.asset_tasks.leave")

KINDS = (
    *sources.JOB_KINDS,
    JobKind(kind="coverage_study", work=Later("networks.roads.tasks.coverage_study"), roles=TECHNICIANS),
    JobKind(
        kind="read_road_assets",
        work=Later("networks.roads.asset_tasks.read_road_assets"),
        roles=TECHNICIANS,
        afterwards=LEAVE,
    ),
    JobKind(
        kind="load_road_assets",
        work=Later("networks.roads.asset_tasks.load_road_assets"),
        roles=TECHNICIANS,
        afterwards=LEAVE,
    ),
    JobKind(
        kind="take_back_road_assets",
        work=Later("networks.roads.asset_tasks.take_back_road_assets"),
        roles=TECHNICIANS,
        afterwards=LEAVE,
    ),
)
TASKS = (
    Task(
        name="calibrate_roads",
        run=Later("networks.roads.tasks.calibrate_roads"),
        cron="* * * * *",
        lock="calibrate_roads",
    ),
)
