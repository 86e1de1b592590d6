"""Days as people read them: the first of a month is « 1er » in French, for which Django’s formats have no letter."""

import re
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language

FIRST = re.compile(r"(?<!\d)1(?=\s[^\W\d]|$)")


def format_long_date(value: date, pattern: str = "j F Y") -> str:
    """A day or a local instant by a pattern of Django’s `date`: « 1er décembre 2026 », « mardi 1er décembre »."""
    return name_first(date_format(value, pattern))


def name_first(text: str) -> str:
    """The text of a day with « 1er » in place of « 1 » before a month, in French."""
    return FIRST.sub("1er", text, count=1) if (get_language() or "fr").startswith("fr") else text
