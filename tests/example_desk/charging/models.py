"""The table: one charging point of a member's territory."""

from typing import ClassVar

from django.contrib.gis.db import models

from gis_core.models import web_mercator
from layers.intake.feature_table.models import ImportedFeature


class ChargingPoint(ImportedFeature):
    """A charging point, by its id_pdc_itinerance; power in kW."""

    station = models.CharField("station", max_length=200, null=True)
    operator = models.CharField("operator", max_length=120, null=True)
    location = models.CharField("location", max_length=20, null=True)
    power_kw = models.FloatField("power")
    pay_per_use = models.BooleanField("pay per use", null=True)
    opened_date = models.DateField("opened on", null=True)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "charging_point"
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "reference"], name="charging_point_once")]
