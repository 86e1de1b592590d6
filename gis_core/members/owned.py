"""Rows that members own, may share, or that people started alone: whose they are to see."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from gis_core.members.rights import Rights


class MembersQuerySet[Row: models.Model](models.QuerySet[Any, Row]):
    """Rows with an `owner`, which nobody shares."""

    def visible_to(self, rights: Rights) -> Self:
        """Rows of the user's members; every one for the agency."""
        return self if rights.agency else self.filter(owner_id__in=rights.members())


class StartedQuerySet[Row: models.Model](models.QuerySet[Any, Row]):
    """Rows with an `owner` or, without one, of whoever is their `started_by`."""

    def visible_to(self, rights: Rights) -> Self:
        """Rows of the user's members, and those that the user alone started; every one for the agency."""
        if rights.agency:
            return self
        own = models.Q(owner=None, started_by__isnull=False, started_by_id=rights.user_id)
        return self.filter(models.Q(owner_id__in=rights.members()) | own)


class OwnedQuerySet[Row: models.Model](models.QuerySet[Any, Row]):
    """Rows with `owner` and `shared_with` (`security = "owner"`)."""

    def visible_to(self, rights: Rights) -> Self:
        """Rows of the user's members, and those shared with them; every one for the agency."""
        if rights.agency:
            return self
        members = rights.members()
        return self.filter(models.Q(owner_id__in=members) | models.Q(shared_with__overlap=members))
