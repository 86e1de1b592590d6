"""Days and hours as people say them."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

PARIS = ZoneInfo("Europe/Paris")
HOUR: Final = re.compile(
    r"\b(?:([01]?\d|2[0-4])\s*(?:h|:)\s*([0-5]\d)?|(minuit|midnight)\b|(?:midi|noon)\b)", re.IGNORECASE
)
ALL_DAY: Final = re.compile(r"\b24\s*h?\s*(?:/|sur)\s*24(?!\d)", re.IGNORECASE)
USUAL: Final = (time(8), time(17))


def today() -> date:
    return timezone.now().astimezone(PARIS).date()


def said(first: date, last: date) -> str:
    """« le 3 décembre 2026 », « du 30 novembre au 3 décembre 2026 »."""
    end = day_said(last)
    if first == last:
        return _("on %(day)s") % {"day": end}
    start = (
        "j" if (first.year, first.month) == (last.year, last.month) else "j F" if first.year == last.year else "j F Y"
    )
    return _("from %(first)s to %(last)s") % {"first": day_said(first, start), "last": end}


def day_said(day: date, pattern: str = "j F Y") -> str:
    """« 1er décembre 2026 »."""
    text = date_format(day, pattern)
    first = day.day == 1 and (get_language() or "").startswith("fr")
    return f"1er{text.removeprefix('1')}" if first else text


def hours_of(text: str) -> tuple[time, time]:
    """The first and the last hour of a text such as « 8 h 30 – 17 h »; usual working hours without. Midnight is 0 h,
    of the day after where it is the last: « 24 h/24 » is from one to the next.
    """
    if ALL_DAY.search(text):
        return time(0), time(0)
    found = [hour_of(*said) for said in HOUR.findall(text)]
    return (found[0], found[-1]) if len(found) >= 2 else USUAL


def hour_of(hour: str, minute: str, midnight: str) -> time:
    if not hour:
        return time(0 if midnight else 12)
    return time(int(hour) % 24, int(minute or 0))


def span(first: date, last: date, hours: str) -> tuple[datetime, datetime]:
    """From when to when; « 21 h – 6 h » is a night: the last one, which begins on the last day, ends the day after."""
    start, end = hours_of(hours)
    morning = timedelta(days=1 if end <= start else 0)
    return datetime.combine(first, start, tzinfo=PARIS), datetime.combine(last + morning, end, tzinfo=PARIS)


def last_day(last: date, hours: str) -> date:
    """The last day that works take something of: the morning after a night has its own."""
    _start, end = span(last, last, hours)
    return (end - timedelta(microseconds=1)).date()


def is_over(first: date, last: date, hours: str) -> bool:
    """Once the last day is, or the night that began on it."""
    _start, end = span(first, last, hours)
    return last < today() and end <= timezone.now()
