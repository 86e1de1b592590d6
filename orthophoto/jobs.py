"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.wiring.points import Later

QUEUE = "campaigns"

KINDS = (
    JobKind(
        kind="inspect_campaign",
        work=Later("orthophoto.tasks.inspect_campaign"),
        afterwards=Later("orthophoto.tasks.leave_refused"),
    ),
)
TASKS = (
    Task(
        name="build_sheet",
        run=Later("orthophoto.tasks.build_sheet"),
        queue=QUEUE,
        stopped=Later("orthophoto.tasks.sweep_sheet"),
        given_up=Later("orthophoto.tasks.sheet_given_up"),
    ),
    Task(
        name="build_overview",
        run=Later("orthophoto.tasks.build_overview"),
        queue=QUEUE,
        stopped=Later("orthophoto.tasks.sweep_overview"),
        given_up=Later("orthophoto.tasks.overview_given_up"),
    ),
    Task(name="queue_lost_sheets", run=Later("orthophoto.tasks.queue_lost_sheets"), cron="* * * * *"),
    Task(name="sweep_builds", run=Later("orthophoto.tasks.sweep_builds"), cron="47 3 * * *"),
)
