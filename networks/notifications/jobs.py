"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.members.technicians import TECHNICIANS
from gis_core.wiring.points import Later
from networks.notifications.sources import CONTACTS

KINDS = (
    JobKind(
        kind="send_notice",
        work=Later("networks.notifications.tasks.send_notice"),
        roles=TECHNICIANS,
        when_killed=Later("networks.notifications.tasks.partial_sending_error"),
        waited=True,
    ),
    JobKind(kind="try_notice", work=Later("networks.notifications.tasks.try_notice"), roles=TECHNICIANS, waited=True),
    *CONTACTS.job_kinds(),
)
TASKS = (Task(name="forget_warned", run=Later("networks.notifications.tasks.forget_warned"), cron="52 3 * * *"),)
