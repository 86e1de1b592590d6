"""What editing leaves beside the features: words for people who were overwritten, receipts of writes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models import User
from layers.catalogue.models import Layer


class Notice(models.Model):
    """Somebody's write, without the version that they saw, replaced what `person` had written lately."""

    security = "person"
    history = False

    person = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("person"))
    layer = models.ForeignKey(Layer, models.CASCADE, related_name="+", verbose_name=_("layer"))
    feature = models.BigIntegerField(_("object"))
    action = models.CharField(_("action"), max_length=6)
    fields = ArrayField(models.CharField(max_length=63), verbose_name=_("fields"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))
    at = models.DateTimeField(_("changed on"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.layer_id}/{self.feature}: {', '.join(self.fields)}"


class Receipt(models.Model):
    """A write that was done, under the name that its client gave it: sent again, it is not done again."""

    security = "person"
    history = False

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    client_id = models.UUIDField()
    layer = models.ForeignKey(Layer, models.CASCADE, related_name="+")
    written = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "client_id"], name="receipt_once")]
        indexes: ClassVar = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return str(self.client_id)
