"""Defaults of fields, by the database's clock (`gis_core.database.clock`)."""

from datetime import datetime, timedelta

from gis_core.database import clock


def current_instant() -> datetime:
    return clock.now()


def in_a_year() -> datetime:
    return clock.now() + timedelta(days=365)
