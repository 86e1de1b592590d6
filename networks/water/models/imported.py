"""What an import of a network snapped."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.intake.models import FileImport


class Snap(models.Model):
    """An end of a pipe, or a node, that an import put elsewhere; `place` is where the file had it."""

    security = "part:brought_by_id"
    history = False

    brought_by = models.ForeignKey(FileImport, models.CASCADE, related_name="+")
    family = models.CharField(max_length=5)
    pipe_id = models.BigIntegerField(null=True)
    node_id = models.BigIntegerField(null=True)
    end = models.SmallIntegerField(default=0)
    reference = models.CharField(max_length=254, blank=True)
    place = models.PointField(srid=2154)
    put_at = models.PointField(srid=2154)
    metres = models.FloatField()
    target = models.CharField(max_length=4)
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("snapped end")
        verbose_name_plural = _("snapped ends")

    def __str__(self) -> str:
        return f"{self.reference} {self.metres:.2f} m"
