"""Coverage studies: which part of the addresses and of the roads lay within reach of points of a layer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.owned import MembersQuerySet
from gis_core.models import Member, User


class StudyQuerySet(MembersQuerySet["CoverageStudy"]):
    """Studies, seen by the members that own them."""


class CoverageStudy(models.Model):
    """What was within reach when it was computed (`made_at`).

    `question` holds {"insee", "layer", "title", "attribution", "operator", "operator_label", "technologies":
    [{"label", "column", "value", "reach_m"}]}, `answer` {"communes": [{"insee", "name", "addresses",
    "road_m"}], "operators": [...], "counts": {technology: {operator, "" for any: {insee: [addresses, metres]}}},
    "roads": whether any is known}. `sites` are the points that counted: [x, y, rank of the operator or -1, bits of the
    technologies], metres in EPSG:2154. `drawn` are the parts of its maps (`networks.roads.study_map`), with the
    zone of each technology and operator; empty for studies of before they were kept. `versions` are those of the layers
    that it read.
    """

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    question = models.JSONField()
    answer = models.JSONField()
    sites = models.JSONField()
    drawn = models.JSONField(default=dict, db_default={}, editable=False)
    versions = models.JSONField(default=dict, db_default={}, editable=False)
    seconds = models.FloatField()
    made_at = models.DateTimeField(_("computed"), default=current_instant, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("computed by"))

    objects = StudyQuerySet.as_manager()

    class Meta:
        db_table = "road_coverage_study"
        verbose_name = _("coverage study")
        verbose_name_plural = _("coverage studies")
        indexes: ClassVar = [models.Index(fields=["owner", "-made_at"], name="road_study_last")]

    def __str__(self) -> str:
        return str(self.question["title"])

    @property
    def technologies(self) -> list[dict[str, Any]]:
        return list(self.question["technologies"])
