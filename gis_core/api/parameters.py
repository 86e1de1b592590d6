"""What list requests may ask for, parsed once."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter

from gis_core.errors import Invalid

MOST_ROWS = 1000
DEFAULT_ROWS = 100
PAGE_PARAMETERS = [
    OpenApiParameter("limit", int, description="Rows of a page, 1 to 1000; 100 if not given"),
    OpenApiParameter("offset", int, description="Rows to skip"),
]


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list."""

    limit: int = DEFAULT_ROWS
    offset: int = 0

    @classmethod
    def from_query(cls, query: QueryDict) -> "Page":
        """Parse `limit` and `offset`. Raises Invalid."""
        return cls(whole_number(query, "limit", 1, MOST_ROWS, DEFAULT_ROWS), whole_number(query, "offset", 0, 10**9, 0))


def whole_number(query: QueryDict, name: str, least: int, most: int, default: int) -> int:
    """An integer parameter between two bounds. Raises Invalid."""
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 10 or not least <= int(text) <= most:
        raise Invalid(
            _("%(name)s must be a whole number between %(least)s and %(most)s.")
            % {"name": name, "least": least, "most": most}
        )
    return int(text)
