"""The rows that somebody sees, of any table of the networks."""

from typing import Any

from django.db.models import QuerySet

from gis_core.members.rights import Rights
from networks.water.models.base import NetworkObject


def visible(model: type[NetworkObject], rights: Rights) -> QuerySet[Any]:
    """`visible_to`, for queries over columns that not every network object has."""
    rows: QuerySet[Any] = model.objects.visible_to(rights)
    return rows
