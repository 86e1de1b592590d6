"""Delays in months, from date to date (de quantième à quantième): Sundays and holidays count like other days."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def after_months(day: date, months: int) -> date:
    """The same day number of a later month, or the last day of a shorter one: 31 January, then 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def before_months(day: date, months: int) -> date:
    """The same day number of a former month, or the last day of a shorter one."""
    return after_months(day, -months)


def next_day(day: date) -> date:
    return day + timedelta(days=1)


def end_of(day: date) -> datetime:
    """The instant at which a delay that ends on this day has passed: midnight, in Paris."""
    return datetime.combine(next_day(day), time.min, PARIS)
