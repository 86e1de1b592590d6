"""Days as people say them."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

PARIS = ZoneInfo("Europe/Paris")


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
