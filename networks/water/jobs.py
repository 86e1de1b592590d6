"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.members.technicians import TECHNICIANS
from gis_core.wiring.points import Later

LEAVE = Later("networks.water.tasks.leave")

KINDS = (
    JobKind(kind="scan_network", work=Later("networks.water.tasks.scan_network"), roles=TECHNICIANS),
    JobKind(kind="fire_coverage", work=Later("networks.water.tasks.fire_coverage"), roles=TECHNICIANS),
    JobKind(kind="read_network", work=Later("networks.water.tasks.read_network"), roles=TECHNICIANS, afterwards=LEAVE),
    JobKind(kind="load_network", work=Later("networks.water.tasks.load_network"), roles=TECHNICIANS, afterwards=LEAVE),
    JobKind(
        kind="undo_network_snapping",
        work=Later("networks.water.tasks.undo_network_snapping"),
        roles=TECHNICIANS,
        afterwards=LEAVE,
    ),
    JobKind(
        kind="take_back_network",
        work=Later("networks.water.tasks.take_back_network"),
        roles=TECHNICIANS,
        afterwards=LEAVE,
    ),
)
TASKS = (Task(name="scan_networks", run=Later("networks.water.tasks.scan_networks"), cron="7 1 * * *"),)
