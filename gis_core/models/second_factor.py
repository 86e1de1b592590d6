"""Who must have a second factor by their role, and recoveries of whoever lost theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final

from django.contrib.gis.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.models.people import User

GOOD_FOR: Final = timedelta(days=3)
"""So long after its day a recovery still takes effect."""


class SecondFactorRule(models.Model):
    """The platform's one row: whether roles need a second factor (`gis_core.accounts.factor.requirement`)."""

    security = "edited"

    by_role = models.BooleanField(_("a second factor by role"), default=False)

    class Meta:
        verbose_name = _("requirement of a second factor")
        verbose_name_plural = _("requirement of a second factor")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="second_factor_rule_once"),
        ]

    def __str__(self) -> str:
        return str(self.by_role)


class FactorRecoveryQuerySet(models.QuerySet["FactorRecovery"]):
    def pending(self) -> FactorRecoveryQuerySet:
        """Those that neither took effect nor were stopped, nor have lapsed."""
        return self.filter(ended_at=None, effective_at__gt=Now() - GOOD_FOR)

    def lapsed(self) -> FactorRecoveryQuerySet:
        """Those of which nobody made anything within three days of their day."""
        return self.filter(ended_at=None, effective_at__lte=Now() - GOOD_FOR)

    def due(self) -> FactorRecoveryQuerySet:
        """Those whose day has passed."""
        return self.pending().filter(effective_at__lte=Now())


class FactorRecovery(models.Model):
    """Somebody's second factor is taken off, at `effective_at` or once a second colleague confirms it.

    It ends (`ended_at`) when it takes effect, or when it is `stopped`: by somebody, by a second step that the person
    completes, or for want of a sign-in within `GOOD_FOR`.
    """

    security = "edited"

    user = models.ForeignKey(User, models.CASCADE, related_name="factor_recoveries", verbose_name=_("user"))
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by"))
    started_at = models.DateTimeField(_("started on"), default=current_instant, editable=False)
    effective_at = models.DateTimeField(_("takes effect on"))
    confirmed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)
    stopped = models.BooleanField(_("stopped"), default=False)

    objects = FactorRecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery of a second factor")
        verbose_name_plural = _("recoveries of second factors")
        ordering: ClassVar[list[str]] = ["-started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at=None), name="factor_recovery_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.started_at:%Y-%m-%d}"
