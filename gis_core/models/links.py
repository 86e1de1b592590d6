"""Addresses by which somebody without an account reads one thing of a member, until a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.database import clock as database_clock
from gis_core.fields import current_instant
from gis_core.models.organisations import Member
from gis_core.models.people import User


class SharedLinkQuerySet(models.QuerySet["SharedLink"]):
    def valid(self) -> SharedLinkQuerySet:
        """Those that open something now."""
        return self.filter(revoked_at=None, expires_at__gt=database_clock.now())


class SharedLink(models.Model):
    """Opens the thing `about_id` of the kind `about_kind` to whoever has its secret, whose digest alone is kept.

    Rows are made, opened and revoked by `gis_core.tokens.links`.
    """

    security = "owner"

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    about_kind = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    expires_at = models.DateTimeField(_("ends on"))
    revoked_at = models.DateTimeField(_("revoked on"), null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = SharedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link that ends")
        verbose_name_plural = _("links that end")
        ordering: ClassVar[list[str]] = ["expires_at", "id"]
        indexes: ClassVar = [models.Index(fields=["about_kind", "about_id"], name="shared_link_about")]

    def __str__(self) -> str:
        return f"{self.about_kind} {self.about_id}"

    @property
    def last_date(self) -> date:
        """Its last day, in Paris."""
        return timezone.localtime(self.expires_at - timedelta(seconds=1)).date()
