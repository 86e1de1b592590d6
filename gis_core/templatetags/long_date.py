"""`{{ value|long_date }}`: « 1er décembre 2026 ». A builtin of templates."""

from typing import Any

from django.template import Library
from django.template.defaultfilters import date

from gis_core.long_dates import name_first

register = Library()


@register.filter(expects_localtime=True, is_safe=False)
def long_date(value: Any, pattern: str = "j F Y") -> str:
    """A day or an instant by a pattern of `date` in which the day stands before its month; empty for None."""
    return name_first(str(date(value, pattern)))
