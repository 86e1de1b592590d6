"""What happens by itself: states and dates every night, reminders on weekday mornings. Hours are in UTC."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from gis_core.rights import SYSTEM, acting_as
from permits.services.reminding import send_digests
from permits.services.sweeping import sweep


@app.periodic(cron="37 2 * * *")
@app.task(name="sweep_permits", queueing_lock="sweep_permits", pass_context=True)
def sweep_permits(context: JobContext, timestamp: int) -> None:
    """Every night, early in Paris; one that was stopped is taken up by the next worker."""
    with acting_as(SYSTEM):
        sweep(again=bool(context.job.attempts))


@app.periodic(cron="37 4-8 * * 1-5")
@app.task(name="remind_of_permits", queueing_lock="remind_of_permits")
def remind_of_permits(timestamp: int) -> None:
    """Weekday mornings, every hour: a worker that was away catches up, and nobody is written to twice a day."""
    with acting_as(SYSTEM):
        sweep()
    send_digests()
