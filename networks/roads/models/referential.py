"""Roads: sections with their nodes, markers, and the axes that numbered roads are measured on. EPSG:2154.

Roads are public: everybody sees them, the people of the member that keeps a section change it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.codes import CodeList
from gis_core.models import Member, web_mercator
from networks.roads import code_lists


def codes(field: str, labels: CodeList, name: str) -> models.CheckConstraint:
    """A column holds codes of its list alone."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": list(labels)}), name=name)


def department_code(name: str) -> models.CheckConstraint:
    """Two signs, three overseas, or nothing: "45", "2A", "974"."""
    return models.CheckConstraint(condition=Q(department__regex=r"^(\d\d|2[AB]|9[78]\d)?$"), name=name)


class RoadNode(models.Model):
    """Where sections meet or end; made and removed with them (`arpent.join_section`)."""

    security = "shown"

    owner = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", editable=False)
    geom = models.PointField(srid=2154)

    class Meta:
        db_table = "road_node"
        verbose_name = _("node of roads")
        verbose_name_plural = _("nodes of roads")


class RoadObject(models.Model):
    """A row of a member's roads. `more` keeps what a source says and no column has, under its own names."""

    security = "shown"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    version = models.IntegerField(default=1, db_default=1, editable=False)
    import_id = models.BigIntegerField(null=True, editable=False)
    reference = models.CharField(_("reference"), max_length=60, null=True, blank=True)
    source = models.CharField(_("source"), max_length=100, null=True, blank=True)
    updated_date = models.DateField(_("updated on"), null=True, blank=True)
    comment = models.CharField(_("remark"), max_length=1000, null=True, blank=True)
    more = models.JSONField(default=dict, db_default={}, encoder=DjangoJSONEncoder, editable=False)

    class Meta:
        abstract = True


class RoadSection(RoadObject):
    """A section of road between two nodes. `route` is the number of its road as it is kept ("D2020"); with its
    `department` ("45", "" where not known) it is the road that is measured.

    `traffic_way` and the two sides are those of the line. `level` is 0 on the ground, more on bridges, less in tunnels.
    Limits are in metres and tonnes; without one, nothing is forbidden.
    """

    route = models.CharField(_("numbered road"), max_length=12, null=True, blank=True)
    department = models.CharField(_("Département"), max_length=3, default="", db_default="", blank=True)
    carriageway = models.CharField(_("carriageway"), max_length=1, default="U", db_default="U")
    nature = models.CharField(_("kind"), max_length=12, null=True, blank=True)
    status = models.CharField(_("legal status"), max_length=2, null=True, blank=True)
    importance = models.CharField(_("importance"), max_length=1, null=True, blank=True)
    manager = models.CharField(_("manager"), max_length=2, null=True, blank=True)
    manager_name = models.CharField(_("name of the manager"), max_length=100, null=True, blank=True)
    name_left = models.CharField(_("name on the left"), max_length=120, null=True, blank=True)
    name_right = models.CharField(_("name on the right"), max_length=120, null=True, blank=True)
    insee_left = models.CharField(_("commune on the left"), max_length=5, null=True, blank=True)
    insee_right = models.CharField(_("commune on the right"), max_length=5, null=True, blank=True)
    lanes = models.SmallIntegerField(_("lanes"), null=True, blank=True)
    width_m = models.FloatField(_("width of the carriageway"), null=True, blank=True)
    surface = models.CharField(_("surface"), max_length=8, null=True, blank=True)
    traffic = models.IntegerField(_("vehicles a day"), null=True, blank=True)
    traffic_year = models.SmallIntegerField(_("year of the count"), null=True, blank=True)
    heavy_percent = models.FloatField(_("share of lorries"), null=True, blank=True)
    condition = models.CharField(_("condition of the carriageway"), max_length=1, null=True, blank=True)
    condition_date = models.DateField(_("condition surveyed on"), null=True, blank=True)
    winter = models.CharField(_("winter service"), max_length=1, null=True, blank=True)
    speed_kmh = models.SmallIntegerField(_("speed limit"), null=True, blank=True)
    traffic_way = models.CharField(_("direction of traffic"), max_length=8, default="both", db_default="both")
    built_up = models.BooleanField(_("in a built-up area"), null=True, blank=True)
    level = models.SmallIntegerField(_("level"), default=0, db_default=0)
    max_height_m = models.FloatField(_("height limit"), null=True, blank=True)
    max_width_m = models.FloatField(_("width limit"), null=True, blank=True)
    max_length_m = models.FloatField(_("length limit"), null=True, blank=True)
    max_weight_t = models.FloatField(_("weight limit"), null=True, blank=True)
    max_axle_t = models.FloatField(_("axle weight limit"), null=True, blank=True)
    start_node_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    end_node_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    geom = models.LineStringField(srid=2154)
    geom_3857 = web_mercator(models.LineStringField)

    class Meta:
        db_table = "road_section"
        verbose_name = _("section of road")
        verbose_name_plural = _("sections of road")
        indexes: ClassVar = [
            models.Index(fields=["route", "department"], name="road_section_route", condition=~Q(route=None)),
            models.Index(fields=["import_id"], name="road_section_import", condition=~Q(import_id=None)),
            GistIndex(fields=["geom_3857"], name="road_section_3857"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "reference"], name="road_section_reference"),
            codes("carriageway", code_lists.CARRIAGEWAYS, "road_section_carriageway"),
            codes("traffic_way", code_lists.TRAFFIC, "road_section_traffic_way"),
            department_code("road_section_department"),
        ]

    def __str__(self) -> str:
        return self.reference or f"{self._meta.verbose_name} {self.pk}"


class RoadMarker(RoadObject):
    """A marker of a numbered road (PR): the road as it is kept, the number, the carriageway that it stands on.
    `delivered` is what its source said of it the last time, its `place` among it."""

    route = models.CharField(_("numbered road"), max_length=12)
    department = models.CharField(_("Département"), max_length=3, default="", db_default="", blank=True)
    number = models.SmallIntegerField(_("number"))
    carriageway = models.CharField(_("carriageway"), max_length=1, default="U", db_default="U")
    delivered = models.JSONField(null=True, editable=False)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "road_marker"
        verbose_name = _("road marker")
        verbose_name_plural = _("road markers")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="road_marker_3857")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["route", "department", "number", "carriageway"], name="road_marker_once"),
            codes("carriageway", code_lists.CARRIAGEWAYS, "road_marker_carriageway"),
            department_code("road_marker_department"),
        ]

    def __str__(self) -> str:
        return f"{self.route} PR {self.number}"


class RoadAxis(models.Model):
    """A carriageway of a numbered road as it is measured (networks.roads.axis). `stale` once its road changed since.

    `faults` says which markers stand nowhere or twice, which sections are aside, where it jumps.
    """

    security = "shown"

    owner = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", editable=False)
    route = models.CharField(_("numbered road"), max_length=12)
    department = models.CharField(_("Département"), max_length=3, default="", db_default="")
    carriageway = models.CharField(_("carriageway"), max_length=1)
    length_m = models.FloatField(_("length"))
    faults = models.JSONField(default=dict)
    stale = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "road_axis"
        verbose_name = _("axis of a road")
        verbose_name_plural = _("axes of roads")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["route", "department", "carriageway"], name="road_axis_once")
        ]


class RoadAxisPart(models.Model):
    """A piece of an axis on one section, `geom` as markers grow; metres of the axis."""

    security = "shown"

    owner = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", editable=False)
    axis = models.ForeignKey(RoadAxis, models.CASCADE, related_name="parts")
    section_id = models.BigIntegerField()
    start_m = models.FloatField()
    end_m = models.FloatField()
    geom = models.LineStringField(srid=2154)

    class Meta:
        db_table = "road_axis_part"
        indexes: ClassVar = [
            models.Index(fields=["axis", "end_m"], name="road_axis_part_along"),
            models.Index(fields=["section_id"], name="road_axis_part_section"),
        ]


class RoadAxisMark(models.Model):
    """Where a marker stands on an axis; the next one, where there is one, is at `next_m`."""

    security = "shown"

    owner = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", editable=False)
    axis = models.ForeignKey(RoadAxis, models.CASCADE, related_name="marks")
    marker_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    at_m = models.FloatField()
    next_number = models.SmallIntegerField(null=True)
    next_m = models.FloatField(null=True)

    class Meta:
        db_table = "road_axis_mark"
        constraints: ClassVar = [models.UniqueConstraint(fields=["axis", "number"], name="road_axis_mark_once")]
        indexes: ClassVar = [models.Index(fields=["axis", "-at_m"], name="road_axis_mark_along")]
