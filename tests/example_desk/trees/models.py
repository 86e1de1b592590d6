"""The table: one tree of a member; `security` keeps its rows to that member."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from gis_core.members.rights import Rights
from gis_core.models import Member, web_mercator


class StreetTreeQuerySet(models.QuerySet["StreetTree"]):
    def visible_to(self, rights: Rights) -> StreetTreeQuerySet:
        """Trees of the user's members; every one for the agency."""
        return self if rights.agency else self.filter(owner_id__in=rights.members())


class StreetTree(models.Model):
    """A tree along a street, by the number on its tag."""

    security = "owner"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+")
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    reference = models.CharField("number", max_length=40)
    species = models.CharField("species", max_length=12)
    planted_year = models.SmallIntegerField("planted in", null=True)
    height_m = models.FloatField("height", null=True)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    objects = StreetTreeQuerySet.as_manager()

    class Meta:
        db_table = "street_tree"
        verbose_name = "street tree"
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "reference"], name="street_tree_reference")]

    def __str__(self) -> str:
        return self.reference
