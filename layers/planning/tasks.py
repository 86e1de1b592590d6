"""Housekeeping: layers follow the calendar, pieces that nothing names go."""

from django.db import transaction

from gis_core.members.rights import SYSTEM, acting_as
from layers.planning.services import files, versions


def follow_the_calendar(timestamp: int) -> None:
    """Every hour: a version that begins or ends today appears on the map, or goes."""
    with acting_as(SYSTEM):
        versions.pass_the_day()


def sweep_documents(timestamp: int) -> None:
    """Every night: pieces of deliveries that did not come in, or were replaced."""
    with acting_as(SYSTEM), transaction.atomic():
        files.sweep()
