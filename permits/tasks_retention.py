"""Every night: applicants that must not be kept any more."""

from procrastinate.contrib.django import app

from permits.services.retention import forget_ended


@app.periodic(cron="17 4 * * *")
@app.task(name="forget_applicants", queueing_lock="forget_applicants")
def forget_applicants(timestamp: int) -> None:
    """Who applied, and their forms, go some years after the end of a file."""
    forget_ended()
