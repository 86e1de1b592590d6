"""Days and hours as people say them."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.long_dates import format_long_date

PARIS = ZoneInfo("Europe/Paris")
HOUR: Final = re.compile(
    r"\b(?:(1[0-2]|0?\d)(?:[.:]([0-5]\d))?\s*([ap])\.?m\b|([01]?\d|2[0-4])\s*(?:h|:)\s*([0-5]\d)?"
    r"|(minuit|midnight)\b|(?:midi|noon)\b)",
    re.IGNORECASE,
)
ALL_DAY: Final = re.compile(
    r"\b24\s*h?\s*(?:/|sur)\s*24(?!\d)|\bjour et nuit\b|\bnuit et jour\b|\bday and night\b", re.IGNORECASE
)
BY_NIGHT: Final = re.compile(r"\bnuits?\b|\bnights?\b|\bovernight\b", re.IGNORECASE)
USUAL: Final = (time(8), time(17))
NIGHT: Final = (time(21), time(6))
FIRST_OF_ALL: Final = date(2001, 1, 1)


class Taken(NamedTuple):
    """Days, and the hours that are taken of each."""

    first: date
    last: date
    hours: str


def format_days(first: date, last: date) -> str:
    """« le 3 décembre 2026 », « du 30 novembre au 3 décembre 2026 »."""
    end = format_long_date(last)
    if first == last:
        return _("on %(day)s") % {"day": end}
    start = (
        "j" if (first.year, first.month) == (last.year, last.month) else "j F" if first.year == last.year else "j F Y"
    )
    return _("from %(first)s to %(last)s") % {"first": format_long_date(first, start), "last": end}


def hours_of(text: str) -> tuple[time, time]:
    """The first and the last hour of a text such as « 8 h 30 – 17 h » or « 9 pm – 5 am »; without, those of a usual
    night where it speaks of one, else usual working hours. Midnight is 0 h, of the day after where it is the last:
    « 24 h/24 » is from one to the next.
    """
    if ALL_DAY.search(text):
        return time(0), time(0)
    times = times_in(text)
    if len(times) >= 2:
        return times[0], times[-1]
    return NIGHT if BY_NIGHT.search(text) else USUAL


def times_in(text: str) -> list[time]:
    return [hour_of(*said) for said in HOUR.findall(text)]


def hour_of(clock: str, past: str, half: str, hour: str, minute: str, midnight: str) -> time:
    if clock:
        return time(int(clock) % 12 + (12 if half in "pP" else 0), int(past or 0))
    if not hour:
        return time(0 if midnight else 12)
    return time(int(hour) % 24, int(minute or 0))


def reading_of(text: str) -> str:
    """How the hours of a text are understood, where it does not say it plainly itself; nothing without a text."""
    start, end = hours_of(text)
    if not text or (len(times_in(text)) == 2 and start < end):
        return ""
    if start == end:
        return _("read as day and night")
    reading = _("read as a night, from %(start)s to %(end)s the day after") if end < start else None
    reading = reading or _("read as from %(start)s to %(end)s")
    return reading % {"start": time_said(start), "end": time_said(end)}


def time_said(moment: time) -> str:
    """« 21 h », « 8 h 30 » ; 21:00, 8:30 in English."""
    if (get_language() or "").startswith("fr"):
        return f"{moment.hour} h {moment.minute:02}" if moment.minute else f"{moment.hour} h"
    return f"{moment.hour}:{moment.minute:02}"


def span(first: date, last: date, hours: str) -> tuple[datetime, datetime]:
    """From when to when; « 21 h – 6 h » is a night: the last one, which begins on the last day, ends the day after."""
    start, end = hours_of(hours)
    morning = timedelta(days=1 if end <= start else 0)
    return datetime.combine(first, start, tzinfo=PARIS), datetime.combine(last + morning, end, tzinfo=PARIS)


def last_day(last: date, hours: str) -> date:
    """The last day that works take something of: the morning after a night has its own."""
    _start, end = span(last, last, hours)
    return (end - timedelta(microseconds=1)).date()


def says_hours(text: str) -> bool:
    return len(times_in(text)) >= 2 or bool(ALL_DAY.search(text) or BY_NIGHT.search(text))


def never_together(one: Taken, other: Taken) -> bool:
    """Whether both say their hours, and no day or night of one touches those of the other, mornings included."""
    if not (says_hours(one.hours) and says_hours(other.hours)):
        return False
    for apart in (-1, 0, 1):
        shift = timedelta(days=apart)
        # Is there a day of one such that this is a day of the other?
        if max(one.first, other.first - shift) <= min(one.last, other.last - shift):
            start, end = span(FIRST_OF_ALL, FIRST_OF_ALL, one.hours)
            begins, ends = span(FIRST_OF_ALL + shift, FIRST_OF_ALL + shift, other.hours)
            if start < ends and begins < end:
                return False
    return True


def is_over(first: date, last: date, hours: str) -> bool:
    """Once the last day is, or the night that began on it."""
    _start, end = span(first, last, hours)
    return last < database_clock.today() and end <= database_clock.now()
