"""What does not look right in a network, and when it was last looked at."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.members.owned import MembersQuerySet, OwnedQuerySet
from gis_core.models import Member, User


class AnomalyQuerySet(OwnedQuerySet["Anomaly"]):
    """Anomalies of the networks of members."""


class Anomaly(models.Model):
    """Something in a member's network that does not look right, found by a scan (`services/anomalies`).

    `object` and `other` are an object of the family each (kind of object, id; no other: 0). What a scan finds no more
    is repaired; what people ignored stays so while it is found. `measured` says what was, by name.
    """

    security = "owner"
    history = False

    class State(models.TextChoices):
        OPEN = "open", _("To be treated")
        IGNORED = "ignored", _("Ignored")
        REPAIRED = "repaired", pgettext_lazy("anomaly", "Repaired")

    class Severity(models.IntegerChoices):
        SERIOUS = 1, _("Serious")
        DOUBT = 2, _("To be checked")
        HINT = 3, _("Hint")

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    family = models.CharField(_("network"), max_length=5)
    kind = models.CharField(_("anomaly"), max_length=24)
    severity = models.SmallIntegerField(_("gravity"), choices=Severity)
    object_kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    other_kind = models.CharField(max_length=10, blank=True)
    other_id = models.BigIntegerField(default=0)
    measured = models.JSONField(default=dict)
    geom = models.PointField(srid=2154)
    state = models.CharField(_("state"), max_length=8, choices=State, db_default="open", default=State.OPEN)
    reason = models.CharField(_("why"), max_length=500, blank=True, db_default="")
    detected_at = models.DateTimeField(_("found on"))
    decided_at = models.DateTimeField(_("treated on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("treated by")
    )
    event_id = models.BigIntegerField(null=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)

    objects = AnomalyQuerySet.as_manager()

    class Meta:
        db_table = "water_anomaly"
        verbose_name = _("anomaly of a network")
        verbose_name_plural = _("anomalies of networks")
        indexes: ClassVar = [
            models.Index(fields=["owner", "family", "state", "kind", "id"], name="water_anomaly_list"),
            models.Index(fields=["family", "object_kind", "object_id"], name="water_anomaly_object"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "family", "kind", "object_kind", "object_id", "other_kind", "other_id"],
                name="water_anomaly_once",
            ),
            models.CheckConstraint(condition=Q(family__in=("water", "sewer")), name="water_anomaly_family"),
            models.CheckConstraint(condition=~Q(state="ignored") | ~Q(reason=""), name="water_anomaly_ignored_why"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_kind} {self.object_id}"


class ScanQuerySet(MembersQuerySet["Scan"]):
    """Scans, seen by the members whose networks they are of."""


class Scan(models.Model):
    """The last scan of a member's network: what it was like (`state_of_network`), and what the scan found."""

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    family = models.CharField(_("network"), max_length=5)
    scanned_at = models.DateTimeField(_("scanned on"))
    network_state = models.CharField(max_length=120)
    report = models.JSONField(default=dict)

    objects = ScanQuerySet.as_manager()

    class Meta:
        db_table = "water_scan"
        verbose_name = _("scan of a network")
        verbose_name_plural = _("scans of networks")
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "family"], name="water_scan_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.family}"
