"""Parcel sheets that were frozen: what was said of a ground on a day, kept as it was."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.members.owned import StartedQuerySet
from gis_core.models import Member, User
from layers.cadastre.resolving import parcels_in

SHA256_DIGITS = 64


class FrozenSheetQuerySet(StartedQuerySet["FrozenSheet"]):
    """Sheets, seen by the members that own them, or by who froze them alone."""

    def matching(self, text: str) -> FrozenSheetQuerySet:
        """Those of these parcels, with this fingerprint, or with this in their number or title; all without a text."""
        if not text:
            return self
        if len(text) == SHA256_DIGITS:
            return self.filter(content_sha256=text.lower())
        condition = models.Q(number__icontains=text) | models.Q(title__icontains=text)
        for match in parcels_in(text):
            for idu in match.idus or match.expected:
                condition |= models.Q(content__ground__parcels__contains=[idu])
        return self.filter(condition)


class FrozenSheet(models.Model):
    """A sheet with its number: the answer of the day (`content`), its hash, and the very PDF file that was given.

    PostgreSQL refuses to change or remove a row (migration 0001). `content` holds no names of owners.
    """

    security = "job"
    history = False

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, verbose_name=_("owner"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("frozen by"))
    made_at = models.DateTimeField(_("made on"))
    day = models.DateField(_("rules of"))
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    version = models.IntegerField(default=1, editable=False)

    objects = FrozenSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("frozen parcel sheet")
        verbose_name_plural = _("frozen parcel sheets")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.number
