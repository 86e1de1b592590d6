"""What is measured of the platform every day, and what its administrators have to see to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.models.organisations import Member


class DayMeasure(models.Model):
    """A figure of one day, the last one that was measured on it: bytes mostly, of a member where it has an `owner`.

    `detail` holds what belongs to it (`gis_core.operations.watch`). Rows go after `watch.KEPT`.
    """

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    day = models.DateField()
    subject = models.CharField(max_length=60)
    amount = models.BigIntegerField(default=0)
    detail = models.JSONField(default=dict)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["day", "subject"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "day", "owner"], nulls_distinct=False, name="day_measure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"


class Alert(models.Model):
    """Something that administrators have to see to, from when it was first seen until it is over.

    `code` is one for each subject (`backup`, `disk:files`). `texts` holds by language what is the matter (`message`)
    and what to do (`remedy`), and under `level` how bad it is: 1, or 2.
    """

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    code = models.CharField(max_length=100)
    texts = models.JSONField(default=dict)
    began_at = models.DateTimeField(default=current_instant, editable=False)
    seen_at = models.DateTimeField(default=current_instant, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["began_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=models.Q(ended_at=None), name="alert_open_once"),
        ]

    def __str__(self) -> str:
        return self.code
