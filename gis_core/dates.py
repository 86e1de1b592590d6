"""Days counted by the calendar. Pure: the standard library alone."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day number so many months later (earlier if negative), or the last day of a shorter month.

    31 January and one month make 28 or 29 February; 29 February and twelve months make 28 February.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
