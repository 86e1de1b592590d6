"""Sewer manholes: what their inspections say, and when a member wants the next ones."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.models import Member
from networks.water.models.base import NodeInspection

MOST_DEPTH_M = 50.0


class ManholeSettings(models.Model):
    """How many months a member lets pass between two inspections of a manhole.

    No law gives a period for each manhole; the usual value is that of the periodic diagnosis of the whole network,
    ten years at most (order of 21 July 2015, article 12). `watch_months`, `repair_months` and `urgent_months` are those
    after an inspection that concludes so, proposals of ours; None: as after any other.
    """

    security = "edited"

    member = models.OneToOneField(Member, models.CASCADE, related_name="manhole_settings", verbose_name=_("member"))
    inspection_months = models.PositiveSmallIntegerField(_("months between inspections"), default=120)
    watch_months = models.PositiveSmallIntegerField(
        _("months before the next inspection of one to be watched"), null=True, blank=True, default=24
    )
    repair_months = models.PositiveSmallIntegerField(
        _("months before the next inspection of one to be repaired"), null=True, blank=True, default=6
    )
    urgent_months = models.PositiveSmallIntegerField(
        _("months before the next inspection of a dangerous one"), null=True, blank=True, default=1
    )

    class Meta:
        db_table = "sewer_manhole_settings"
        verbose_name = _("settings of the inspections of manholes")
        verbose_name_plural = _("settings of the inspections of manholes")

    def __str__(self) -> str:
        return str(self.member)


class ManholeInspection(NodeInspection):
    """One inspection of a manhole.

    `manhole` is the id of the node, no key: what is recorded outlives it. `cover`, `frame`, `ladder`, `channel` and
    `infiltration` are codes of lists of ours, empty where nobody looked; `defects` are main codes of EN 13508-2.
    `depth_m` is measured from the cover to the invert. `next_date` is set where the next one cannot wait so long.
    """

    class Verdict(models.TextChoices):
        GOOD = "good", _("In good state")
        WATCH = "watch", _("To be watched")
        REPAIR = "repair", _("To be repaired")
        URGENT = "urgent", _("Dangerous: to be made safe at once")
        UNSEEN = "unseen", _("Not inspected: buried, stuck or out of reach")

    manhole = models.BigIntegerField(_("manhole"))
    cover = models.CharField(_("cover"), max_length=16, blank=True)
    frame = models.CharField(_("frame"), max_length=16, blank=True)
    ladder = models.CharField(_("ladder"), max_length=16, blank=True)
    channel = models.CharField(_("channel"), max_length=16, blank=True)
    infiltration = models.CharField(_("infiltration"), max_length=16, blank=True)
    deposit_mm = models.PositiveSmallIntegerField(_("deposit"), null=True, blank=True)
    depth_m = models.FloatField(_("depth measured"), null=True, blank=True)
    defects = ArrayField(models.CharField(max_length=3), default=list, blank=True, verbose_name=_("defects"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    next_date = models.DateField(_("next inspection before"), null=True, blank=True)

    class Meta:
        db_table = "sewer_manhole_inspection"
        verbose_name = _("inspection of a manhole")
        verbose_name_plural = _("inspections of manholes")
        indexes: ClassVar = [models.Index(fields=["manhole", "-done_date", "-id"], name="manhole_inspection_last")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict__in=["good", "watch", "repair", "urgent", "unseen"]),
                name="manhole_inspection_verdict",
            ),
            models.CheckConstraint(
                condition=Q(depth_m=None) | Q(depth_m__gt=0, depth_m__lte=MOST_DEPTH_M), name="manhole_inspection_depth"
            ),
            models.CheckConstraint(
                condition=Q(next_date=None) | Q(next_date__gt=models.F("done_date")), name="manhole_inspection_next"
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None) | ~Q(strike_reason=""), name="manhole_inspection_struck_for_a_reason"
            ),
        ]
