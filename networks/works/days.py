"""Days as people say them."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

PARIS = ZoneInfo("Europe/Paris")


def today() -> date:
    return timezone.now().astimezone(PARIS).date()


def said(first: date, last: date) -> str:
    """« le 3 décembre 2026 », « du 30 novembre au 3 décembre 2026 »."""
    end = date_format(last, "j F Y")
    if first == last:
        return _("on %(day)s") % {"day": end}
    start = (
        "j" if (first.year, first.month) == (last.year, last.month) else "j F" if first.year == last.year else "j F Y"
    )
    return _("from %(first)s to %(last)s") % {"first": date_format(first, start), "last": end}
