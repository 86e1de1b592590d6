"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import WAITED, JobKind, Task
from gis_core.wiring.points import Later
from permits.sources import PERMITS

KINDS = (
    JobKind(kind="permit_sheet", work=Later("permits.tasks.permit_sheet"), roles=None),
    JobKind(kind="permit_bulk", work=Later("permits.tasks.permit_bulk"), roles=None, waited=True),
    *PERMITS.job_kinds(),
)
WITH_THE_MAIL_SERVER = Later("gis_core.tasks.WithTheMailServer")
TASKS = (
    Task(
        name="mail_consultation",
        run=Later("permits.tasks.mail_consultation"),
        queue=WAITED,
        retry=WITH_THE_MAIL_SERVER,
        given_up=Later("permits.tasks.note_mail_given_up"),
    ),
    Task(
        name="mail_consultation_code",
        run=Later("permits.tasks.mail_consultation_code"),
        queue=WAITED,
        retry=WITH_THE_MAIL_SERVER,
    ),
    Task(name="sweep_permits", run=Later("permits.tasks.sweep_permits"), cron="37 2 * * *", with_context=True),
    Task(name="remind_of_permits", run=Later("permits.tasks.remind_of_permits"), cron="37 4-8 * * 1-5"),
    Task(name="forget_applicants", run=Later("permits.tasks.forget_applicants"), cron="17 4 * * *"),
)
