"""Defence against fire: inspections of hydrants, their times out of use, the buildings that they cover."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.owned import OwnedQuerySet
from gis_core.models import Member, User
from networks.water.models.base import NodeInspection, OfNode


class FireSettings(models.Model):
    """What a member chooses for its hydrants; the departmental rules (règlement départemental de DECI) decide.

    `technical_months` and `visual_months` (0: none is planned) are the longest times between two inspections,
    `flow_m3h` what a hydrant must give at 1 bar, `distance_m` how far a building may be from one along the roads.
    """

    security = "edited"

    member = models.OneToOneField(Member, models.CASCADE, related_name="fire_settings", verbose_name=_("member"))
    technical_months = models.PositiveSmallIntegerField(_("months between technical inspections"), default=36)
    visual_months = models.PositiveSmallIntegerField(_("months between working inspections"), default=0)
    flow_m3h = models.PositiveSmallIntegerField(_("flow expected of a hydrant"), default=60)
    distance_m = models.PositiveSmallIntegerField(_("distance along the roads"), default=200)

    class Meta:
        db_table = "water_fire_settings"
        verbose_name = _("settings of the defence against fire")
        verbose_name_plural = _("settings of the defence against fire")

    def __str__(self) -> str:
        return str(self.member)


class HydrantInspection(NodeInspection):
    """One inspection of a hydrant. It outlives it: `hydrant` is its id (a restored one has it again), no key."""

    class Kind(models.TextChoices):
        TECHNICAL = "technical", _("Technical inspection (flow and pressure)")
        VISUAL = "visual", _("Working inspection (seen, opened, closed)")

    class Verdict(models.TextChoices):
        COMPLIANT = "compliant", _("Compliant")
        NOT_COMPLIANT = "not_compliant", _("Not compliant")
        UNAVAILABLE = "unavailable", _("Not available")

    hydrant = models.BigIntegerField(_("hydrant"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    flow_m3h = models.FloatField(_("flow at 1 bar"), null=True, blank=True)
    static_bar = models.FloatField(_("static pressure"), null=True, blank=True)
    dynamic_bar = models.FloatField(_("dynamic pressure"), null=True, blank=True)
    anomalies = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name=_("anomalies"))
    verdict = models.CharField(_("verdict"), max_length=14, choices=Verdict)

    class Meta:
        db_table = "water_hydrant_inspection"
        verbose_name = _("inspection of a hydrant")
        verbose_name_plural = _("inspections of hydrants")
        indexes: ClassVar = [models.Index(fields=["hydrant", "-done_date", "-id"], name="hydrant_inspection_last")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["technical", "visual"]), name="hydrant_inspection_kind"),
            models.CheckConstraint(
                condition=Q(verdict__in=["compliant", "not_compliant", "unavailable"]),
                name="hydrant_inspection_verdict",
            ),
            models.CheckConstraint(
                condition=Q(kind="technical") | Q(flow_m3h=None, static_bar=None, dynamic_bar=None),
                name="hydrant_inspection_measures",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None) | ~Q(strike_reason=""), name="hydrant_inspection_struck_for_a_reason"
            ),
        ]


class HydrantUnavailability(OfNode):
    """From when to when a hydrant (its id) gave no water, and who was told; without `until_at` it lasts."""

    hydrant = models.BigIntegerField(_("hydrant"))
    from_at = models.DateTimeField(_("unavailable from"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    informed = models.CharField(_("who was told"), max_length=300, blank=True)
    informed_on_return = models.CharField(_("who was told of its return"), max_length=300, blank=True)
    inspection = models.ForeignKey(
        HydrantInspection, models.SET_NULL, null=True, related_name="+", verbose_name=_("found by the inspection")
    )
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("ended by"))

    objects = OwnedQuerySet.as_manager()

    class Meta:
        db_table = "water_hydrant_unavailability"
        verbose_name = _("unavailability of a hydrant")
        verbose_name_plural = _("unavailabilities of hydrants")
        indexes: ClassVar = [models.Index(fields=["hydrant", "-from_at"], name="hydrant_unavailability_last")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hydrant"], condition=Q(until_at=None), name="hydrant_unavailability_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=models.F("from_at")),
                name="hydrant_unavailability_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.from_at:%Y-%m-%d}"


class FireCoverage(models.Model):
    """How far buildings were from the nearest hydrant along the roads, when it was computed (`made_at`).

    `insee` is one commune, empty for all of the member's. `summary` counts by commune; `far` are the buildings
    beyond `distance_m`, the farthest first: [building, insee, lon, lat, metres or null, why, hydrant or null].
    """

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    insee = models.CharField(_("commune"), max_length=5, blank=True)
    distance_m = models.PositiveSmallIntegerField(_("distance along the roads"))
    flow_m3h = models.PositiveSmallIntegerField(_("flow expected of a hydrant"), default=0)
    light = models.BooleanField(_("light buildings, too"), default=False)
    least_m2 = models.PositiveSmallIntegerField(_("smallest building"), default=0)
    made_at = models.DateTimeField(_("computed"), default=current_instant, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("computed by"))
    seconds = models.FloatField()
    summary = models.JSONField()
    far = models.JSONField()
    truncated = models.BooleanField(default=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        db_table = "water_fire_coverage"
        verbose_name = _("cover of the hydrants")
        verbose_name_plural = _("covers of the hydrants")
        indexes: ClassVar = [models.Index(fields=["owner", "-made_at"], name="fire_coverage_last")]

    def __str__(self) -> str:
        return f"{self.owner} {self.insee} {self.distance_m}"
