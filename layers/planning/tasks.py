"""Housekeeping: layers follow the calendar, pieces that nothing names go."""

from django.db import transaction
from procrastinate.contrib.django import app

from gis_core.members.rights import SYSTEM, acting_as
from layers.planning.services import files, versions


@app.periodic(cron="2 * * * *")
@app.task(name="planning_follow_the_calendar", queueing_lock="planning_follow_the_calendar")
def follow_the_calendar(timestamp: int) -> None:
    """Every hour: a version that begins or ends today appears on the map, or goes."""
    with acting_as(SYSTEM):
        versions.pass_the_day()


@app.periodic(cron="17 4 * * *")
@app.task(name="planning_sweep_pieces", queueing_lock="planning_sweep_pieces")
def sweep_pieces(timestamp: int) -> None:
    """Every night: pieces of deliveries that did not come in, or were replaced."""
    with acting_as(SYSTEM), transaction.atomic():
        files.sweep()
