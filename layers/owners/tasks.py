"""Every night: what must not be kept."""

from django.db import transaction
from procrastinate.contrib.django import app

from layers.owners.services.requests import forget


@app.periodic(cron="47 3 * * *")
@app.task(name="forget_owner_requests", queueing_lock="forget_owner_requests")
def forget_owner_requests(timestamp: int) -> None:
    """Who asked for owners at the counter goes once it counts towards no limit."""
    with transaction.atomic():
        forget()
