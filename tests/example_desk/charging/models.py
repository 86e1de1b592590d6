"""Charging points of members, as the national IRVE schema describes them."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex

from gis_core.models import web_mercator
from layers.intake.feature_table.models import ImportedFeature


class ChargingPoint(ImportedFeature):
    """Where one vehicle charges; its `reference` is the national identifier (id_pdc_itinerance)."""

    station = models.CharField("station", max_length=120, null=True, blank=True)
    operator = models.CharField("opérateur", max_length=120, null=True, blank=True)
    location = models.CharField("implantation", max_length=20, null=True, blank=True)
    power_kw = models.FloatField("puissance")
    pay_per_use = models.BooleanField("paiement à l’acte", null=True, blank=True)
    opened_date = models.DateField("mise en service", null=True, blank=True)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        verbose_name = "borne de recharge"
        indexes = [GistIndex(fields=["geom_3857"], name="charging_point_3857")]
        constraints = [models.UniqueConstraint(fields=["owner", "reference"], name="charging_point_once")]
