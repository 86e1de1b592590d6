"""The way around works, as it was computed or drawn by hand. EPSG:2154."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from gis_core.models import Member, web_mercator
from networks.roadworks.models.work import Work


class WorkDetour(models.Model):
    """A way around works, one for each direction of traffic where they differ; everybody sees those of announced works.

    `steps` are the roads in order with their metres, as computed; `computed_m` is the length that they tell of: once
    the line was changed by hand (`length_m` differs) the roads are read from the line. `gauge` names the vehicle. The
    days are those of the works: the database copies them (`arpent.date_detour`, `arpent.number_work`), and takes them
    away where the works close something else than what is led around: nobody follows it until it is looked at again.
    """

    security = "part:work_id:announced"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", editable=False, verbose_name=_("member"))
    version = models.IntegerField(default=1, db_default=1, editable=False)
    import_id = models.BigIntegerField(null=True, editable=False)
    work = models.ForeignKey(Work, models.CASCADE, related_name="detours", verbose_name=_("works"))
    direction = models.CharField(_("direction"), max_length=120, null=True, blank=True)
    gauge = models.CharField(_("for"), max_length=80, null=True, blank=True)
    starts_on = models.DateField(_("first day"), null=True, editable=False)
    ends_on = models.DateField(_("last day"), null=True, editable=False)
    steps = models.JSONField(default=list, db_default=[], encoder=DjangoJSONEncoder, editable=False)
    computed_m = models.FloatField(null=True, editable=False)
    seconds = models.IntegerField(null=True, editable=False)
    comment = models.CharField(_("remark"), max_length=1000, null=True, blank=True)
    geom = models.LineStringField(srid=2154)
    geom_3857 = web_mercator(models.LineStringField)
    length_m = models.GeneratedField(
        expression=models.Func("geom", function="ST_Length", output_field=models.FloatField()),
        output_field=models.FloatField(),
        db_persist=True,
    )

    class Meta:
        db_table = "road_detour"
        verbose_name = _("detour")
        verbose_name_plural = _("detours")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="road_detour_3857")]

    @property
    def outdated(self) -> bool:
        return self.starts_on is None

    def __str__(self) -> str:
        return self.direction or f"{self._meta.verbose_name} {self.pk}"
