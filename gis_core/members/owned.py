"""Rows that a member owns and may share: whose they are to see."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from gis_core.members.rights import Rights


class OwnedQuerySet[Row: models.Model](models.QuerySet[Any, Row]):
    """Rows with `owner` and `shared_with` (`security = "owner"`)."""

    def visible_to(self, rights: Rights) -> Self:
        """Rows of the user's members, and those shared with them; every one for the agency."""
        if rights.agency:
            return self
        members = rights.members()
        return self.filter(models.Q(owner_id__in=members) | models.Q(shared_with__overlap=members))
