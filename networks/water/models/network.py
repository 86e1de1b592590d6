"""Drinking water, and the sewer networks (wastewater, stormwater, combined): nodes, pipes, connections; repairs.

Values of lists are codes of `code_lists`. `networks.water.topology` keeps pipes and nodes together in the database.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.codes import CodeList
from gis_core.models import web_mercator
from networks.water import code_lists
from networks.water.models.base import Connection, NetworkObject, Node, Pipe


def codes(field: str, labels: CodeList, name: str) -> models.CheckConstraint:
    """A column holds codes of its list alone."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": list(labels)}), name=name)


def common(prefix: str) -> list[models.CheckConstraint | models.UniqueConstraint]:
    return [
        models.UniqueConstraint(fields=["owner", "reference"], name=f"{prefix}_reference"),
        codes("service_state", code_lists.SERVICE_STATES, f"{prefix}_service_state"),
        models.CheckConstraint(
            condition=Q(laid_from_year=None) | Q(laid_to_year=None) | Q(laid_from_year__lte=models.F("laid_to_year")),
            name=f"{prefix}_laid_in_order",
        ),
    ]


def patient_constraint(prefix: str) -> models.CheckConstraint:
    """Nobody is named as ill: who is dialysed at home is among the contacts, which have a right and a journal."""
    return models.CheckConstraint(
        condition=~Q(sensitive=code_lists.PATIENT) | Q(sensitive_name=None), name=f"{prefix}_unnamed_patient"
    )


class WaterNode(Node):
    """A node of drinking water.

    A valve stops water where its `position` is closed; it can be closed where it is open and its `condition` is
    "working" or not known. `capacity_m3` is of a tank, `flow_m3h` and `pressure_bar` of a hydrant.
    """

    z = models.FloatField(_("height"), null=True, blank=True)
    position = models.CharField(_("position"), max_length=8, null=True, blank=True)
    condition = models.CharField(_("condition"), max_length=8, null=True, blank=True)
    capacity_m3 = models.FloatField(_("volume"), null=True, blank=True)
    flow_m3h = models.FloatField(_("flow measured"), null=True, blank=True)
    pressure_bar = models.FloatField(_("pressure measured"), null=True, blank=True)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "water_node"
        verbose_name = _("node of drinking water")
        verbose_name_plural = _("nodes of drinking water")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_node_geom_3857"),
            models.Index(fields=["owner", "kind"], name="water_node_kind"),
            models.Index(fields=["import_id"], name="water_node_import"),
        ]
        constraints: ClassVar = [*common("water_node"), codes("kind", code_lists.WATER_NODES, "water_node_kind_known")]


class WaterPipe(Pipe):
    """A pipe of drinking water."""

    start_node = models.ForeignKey(WaterNode, models.PROTECT, related_name="starting", verbose_name=_("start"))
    end_node = models.ForeignKey(WaterNode, models.PROTECT, related_name="ending", verbose_name=_("end"))
    geom_3857 = web_mercator(models.LineStringField)

    class Meta:
        db_table = "water_pipe"
        verbose_name = _("pipe of drinking water")
        verbose_name_plural = _("pipes of drinking water")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_pipe_geom_3857"),
            models.Index(fields=["import_id"], name="water_pipe_import"),
        ]
        constraints: ClassVar = [*common("water_pipe"), codes("material", code_lists.MATERIALS, "water_pipe_material")]


class WaterConnection(Connection):
    """Where a user of drinking water is served; `pipe` is the nearest one, unless said otherwise."""

    pipe = models.ForeignKey(WaterPipe, models.SET_NULL, null=True, related_name="connections", verbose_name=_("pipe"))
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "water_connection"
        verbose_name = _("water connection")
        verbose_name_plural = _("water connections")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_connection_geom_3857"),
            models.Index(fields=["import_id"], name="water_connection_import"),
        ]
        constraints: ClassVar = [*common("water_connection"), patient_constraint("water_connection")]


class SewerNode(Node):
    """A node of a sewer network: heights (m NGF) of its cover and of its invert."""

    system = models.CharField(
        _("network"), max_length=2, db_default="02", choices=code_lists.french_choices(code_lists.SYSTEMS)
    )
    cover_z = models.FloatField(_("height of the cover"), null=True, blank=True)
    invert_z = models.FloatField(_("height of the invert"), null=True, blank=True)
    depth_m = models.FloatField(_("depth"), null=True, blank=True)
    material = models.CharField(_("material"), max_length=8, null=True, blank=True)
    capacity_m3 = models.FloatField(_("volume"), null=True, blank=True)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "sewer_node"
        verbose_name = _("node of a sewer network")
        verbose_name_plural = _("nodes of sewer networks")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="sewer_node_geom_3857"),
            models.Index(fields=["owner", "kind"], name="sewer_node_kind"),
            models.Index(fields=["import_id"], name="sewer_node_import"),
        ]
        constraints: ClassVar = [*common("sewer_node"), codes("kind", code_lists.SEWER_NODES, "sewer_node_kind_known")]


class SewerPipe(Pipe):
    """A pipe of a sewer network; it flows from its start to its end."""

    system = models.CharField(
        _("network"), max_length=2, db_default="02", choices=code_lists.french_choices(code_lists.SYSTEMS)
    )
    start_node = models.ForeignKey(SewerNode, models.PROTECT, related_name="starting", verbose_name=_("start"))
    end_node = models.ForeignKey(SewerNode, models.PROTECT, related_name="ending", verbose_name=_("end"))
    geom_3857 = web_mercator(models.LineStringField)

    class Meta:
        db_table = "sewer_pipe"
        verbose_name = _("sewer")
        verbose_name_plural = _("sewers")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="sewer_pipe_geom_3857"),
            models.Index(fields=["import_id"], name="sewer_pipe_import"),
        ]
        constraints: ClassVar = [*common("sewer_pipe"), codes("material", code_lists.MATERIALS, "sewer_pipe_material")]


class SewerConnection(Connection):
    """Where a building's wastewater or stormwater enters the network."""

    system = models.CharField(
        _("network"), max_length=2, db_default="02", choices=code_lists.french_choices(code_lists.SYSTEMS)
    )
    pipe = models.ForeignKey(SewerPipe, models.SET_NULL, null=True, related_name="connections", verbose_name=_("pipe"))
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "sewer_connection"
        verbose_name = _("sewer connection")
        verbose_name_plural = _("sewer connections")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="sewer_connection_geom_3857"),
            models.Index(fields=["import_id"], name="sewer_connection_import"),
        ]
        constraints: ClassVar = [*common("sewer_connection"), patient_constraint("sewer_connection")]


class Repair(NetworkObject):
    """A repair of a pipe, of a fitting or of a structure, where it was done.

    `repaired` and `defect` are codes of RAEPA (SUPPREPARE, DEFREPAREE); `object_reference` is what RAEPA's IDSUPREPAR
    names. The pipe may be gone: what it was made of is kept with the repair. `pipe_id` is the pipe, while it is there
    (sql/complete_repair.sql finds it, sql/follow_pipe.sql keeps it through splits and merges); `outage_id` is that of
    the outage in which it was done.
    """

    class Network(models.TextChoices):
        WATER = "water", _("Drinking water")
        SEWER = "sewer", _("Sewer")

    network = models.CharField(_("network"), max_length=5, choices=Network, db_default="water")
    repaired_date = models.DateField(_("repaired on"), null=True, blank=True)
    repaired = models.CharField(_("what was repaired"), max_length=2, null=True, blank=True)
    defect = models.CharField(_("defect"), max_length=2, null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=12, null=True, blank=True)
    object_reference = models.CharField(_("object repaired"), max_length=254, null=True, blank=True)
    material = models.CharField(_("material"), max_length=8, null=True, blank=True)
    diameter_mm = models.IntegerField(_("diameter"), null=True, blank=True)
    laid_year = models.SmallIntegerField(_("laid in"), null=True, blank=True)
    cost_eur = models.FloatField(_("cost"), null=True, blank=True)
    pipe_id = models.BigIntegerField(_("pipe"), null=True, editable=False)
    outage_id = models.BigIntegerField(_("outage"), null=True, editable=False)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "water_repair"
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_repair_geom_3857"),
            models.Index(fields=["import_id"], name="water_repair_import"),
            models.Index(fields=["pipe_id"], name="water_repair_pipe"),
            models.Index(fields=["outage_id"], name="water_repair_outage"),
            models.Index(fields=["owner", "repaired_date"], name="water_repair_date"),
        ]
        constraints: ClassVar = [*common("water_repair")]
