"""Rows that somebody asks for by their address."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotFound


def first_of[R: Model](rows: QuerySet[Any, R]) -> R:
    """The first of these rows. Raises NotFound, in the same words for one that the user may not see as for none."""
    row = rows.first()
    if row is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return row
