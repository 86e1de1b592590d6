"""Outages: what was shut, who had no water."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.members.owned import MembersQuerySet
from gis_core.models import Member, User


class OutageQuerySet(MembersQuerySet["Outage"]):
    """Outages, seen by the members that own them."""


class Outage(models.Model):
    """Drinking water shut off around broken pipes: what was asked, and the answer as it was then.

    `place` and the counts are told in lists without opening the answer. `version` and history are the platform's.
    """

    security = "owner"

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        ENDED = "ended", _("Over")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.OPEN)
    place = models.CharField(_("place"), max_length=200, blank=True)
    question = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    answer = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    valves = models.IntegerField(_("valves to close"))
    connections = models.IntegerField(_("connections without water"))
    comment = models.TextField(_("remark"), blank=True, max_length=2000)
    started_at = models.DateTimeField(_("since"))
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    ended_at = models.DateTimeField(_("until"), null=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("ended by"))

    objects = OutageQuerySet.as_manager()

    class Meta:
        db_table = "water_outage"
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering: ClassVar[list[str]] = ["-started_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "-started_at"], name="water_outage_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | Q(state="ended", ended_at__isnull=False),
                name="water_outage_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.place or f"{self._meta.verbose_name} {self.pk}"
