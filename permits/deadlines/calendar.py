"""Delays in months, from date to date (de quantième à quantième): Sundays and holidays count like other days."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gis_core.dates import add_months

PARIS = ZoneInfo("Europe/Paris")


after_months = add_months
"""A delay ends on the day number on which it began, or on the last day of a shorter month."""


def before_months(day: date, months: int) -> date:
    """The same day number of a former month, or the last day of a shorter one."""
    return after_months(day, -months)


def next_day(day: date) -> date:
    return day + timedelta(days=1)


def end_of(day: date) -> datetime:
    """The instant at which a delay that ends on this day has passed: midnight, in Paris."""
    return datetime.combine(next_day(day), time.min, PARIS)
