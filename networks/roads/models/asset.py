"""What stands along roads: points, stretches, and what inspections say of them. EPSG:2154.

The geometry is the truth. The binding to a section (`section_id`, metres along it, how far beside it and on which side)
is computed: by the database when an asset is made or moved (`arpent.bind_asset`), and when roads change
(`arpent.follow_sections`).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.models import Member, User, web_mercator
from networks.roads import asset_code_lists, code_lists, iisr
from networks.roads.models.referential import RoadObject, codes


class BoundObject(RoadObject):
    """An asset, with its binding to a section of road; none where no section is near. `delivered` is what its source
    said of it the last time, its `place` among it."""

    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    state = models.CharField(_("condition"), max_length=1, null=True, blank=True)
    material = models.CharField(_("material"), max_length=60, null=True, blank=True)
    installed_date = models.DateField(_("installed on"), null=True, blank=True)
    inspected_date = models.DateField(pgettext_lazy("road", "inspected on"), null=True, blank=True)
    due_date = models.DateField(_("next inspection"), null=True, blank=True)
    delivered = models.JSONField(null=True, editable=False)
    section_id = models.BigIntegerField(pgettext_lazy("road", "section"), null=True, editable=False)
    from_m = models.FloatField(_("metres along the section"), null=True, editable=False)
    offset_m = models.FloatField(_("distance from the axis"), null=True, editable=False)
    side = models.CharField(_("side"), max_length=5, null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference or f"{self._meta.verbose_name} {self.pk}"


def family_of_rows() -> Case:
    """What draws an asset: its kind, of a sign the family of its code (networks.roads.iisr.family_of)."""
    families = [When(code__regex=pattern, then=Value(family)) for family, pattern in iisr.PATTERNS.items()]
    return Case(
        When(~Q(kind="sign"), then=F("kind")),
        *families,
        default=Value("unknown"),
        output_field=models.CharField(max_length=12),
    )


class RoadAsset(BoundObject):
    """Something that stands at one place. Of a sign, `code` is that of the IISR ("B14"), `inscription` what is written
    on it ("50"), `panels` what hangs below it ("M9z, M4f"), `orientation` where its face looks to, in degrees from
    north.
    """

    kind = models.CharField(_("kind"), max_length=12, default="other", db_default="other")
    code = models.CharField(_("code of the sign"), max_length=12, null=True, blank=True)
    inscription = models.CharField(_("inscription"), max_length=200, null=True, blank=True)
    panels = models.CharField(_("panels below"), max_length=120, null=True, blank=True)
    orientation = models.FloatField(_("orientation"), null=True, blank=True)
    size = models.CharField(_("size range"), max_length=12, null=True, blank=True)
    family = models.GeneratedField(
        expression=family_of_rows(), output_field=models.CharField(_("family"), max_length=12), db_persist=True
    )
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "road_asset"
        verbose_name = _("road asset")
        verbose_name_plural = _("road assets")
        indexes: ClassVar = [
            models.Index(fields=["section_id"], name="road_asset_section", condition=~Q(section_id=None)),
            models.Index(fields=["due_date"], name="road_asset_due", condition=~Q(due_date=None)),
            models.Index(fields=["import_id"], name="road_asset_import", condition=~Q(import_id=None)),
            GistIndex(fields=["geom"], name="road_asset_unbound", condition=Q(section_id=None)),
            GistIndex(fields=["geom_3857"], name="road_asset_3857"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "reference"], name="road_asset_reference"),
            codes("kind", asset_code_lists.POINTS, "road_asset_kind"),
            codes("side", asset_code_lists.SIDES, "road_asset_side"),
            codes("state", code_lists.CONDITIONS, "road_asset_state"),
            codes("size", asset_code_lists.SIZES, "road_asset_size"),
            models.CheckConstraint(condition=Q(orientation__gte=0, orientation__lt=360), name="road_asset_orientation"),
        ]


class RoadStretch(BoundObject):
    """Something that runs along a road: a barrier, a marking, a kerb, a bridge."""

    kind = models.CharField(_("kind"), max_length=12, default="other", db_default="other")
    subtype = models.CharField(_("type"), max_length=60, null=True, blank=True)
    width_m = models.FloatField(_("width"), null=True, blank=True)
    height_m = models.FloatField(pgettext_lazy("road", "height"), null=True, blank=True)
    to_m = models.FloatField(_("to, metres along the section"), null=True, editable=False)
    geom = models.LineStringField(srid=2154)
    geom_3857 = web_mercator(models.LineStringField)

    class Meta:
        db_table = "road_stretch"
        verbose_name = _("stretch of road equipment")
        verbose_name_plural = _("stretches of road equipment")
        indexes: ClassVar = [
            models.Index(fields=["section_id"], name="road_stretch_section", condition=~Q(section_id=None)),
            models.Index(fields=["due_date"], name="road_stretch_due", condition=~Q(due_date=None)),
            models.Index(fields=["import_id"], name="road_stretch_import", condition=~Q(import_id=None)),
            GistIndex(fields=["geom"], name="road_stretch_unbound", condition=Q(section_id=None)),
            GistIndex(fields=["geom_3857"], name="road_stretch_3857"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "reference"], name="road_stretch_reference"),
            codes("kind", asset_code_lists.STRETCHES, "road_stretch_kind"),
            codes("side", asset_code_lists.SIDES, "road_stretch_side"),
            codes("state", code_lists.CONDITIONS, "road_stretch_state"),
        ]


class RoadChange(models.Model):
    """Sections that this transaction changed, with their lines before; empty once it ends. The row without a section
    rings when it ends (`arpent.follow_sections`)."""

    security = "system"

    xact = models.BigIntegerField()
    section_id = models.BigIntegerField(null=True)
    geom = models.LineStringField(srid=2154, null=True, spatial_index=False)

    class Meta:
        db_table = "road_change"
        verbose_name = _("change of a section")
        verbose_name_plural = _("changes of sections")
        indexes: ClassVar = [models.Index(fields=["xact", "section_id"], name="road_change_xact")]


class RoadInspection(models.Model):
    """What somebody saw of an asset, from 1 (very good) to 5; its photos are those of the asset's layer.

    Of the inspections of an asset that stand the last one gives the asset its condition (`arpent.follow_inspection`). A
    wrong one is struck out and stays to be seen; where none stands any more the asset has the condition that it had
    before them (`state_before`: empty where it had none, null where that is not known).
    """

    security = "owner"

    class Of(models.TextChoices):
        POINT = "point", pgettext_lazy("asset", "Point")
        STRETCH = "troncon", pgettext_lazy("asset", "Stretch")

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    of = models.CharField(max_length=7, choices=Of)
    asset_id = models.BigIntegerField()
    done_date = models.DateField(_("day"))
    done_by = models.CharField(_("by"), max_length=120)
    mark = models.CharField(_("condition"), max_length=1)
    remark = models.CharField(_("remark"), max_length=1000, blank=True)
    due_date = models.DateField(_("next inspection"), null=True, blank=True)
    photos = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    recorded_at = models.DateTimeField(default=current_instant, editable=False)
    state_before = models.CharField(max_length=1, null=True, editable=False)
    struck_at = models.DateTimeField(_("struck out"), null=True, editable=False)
    struck_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("struck out by"), editable=False
    )
    struck_reason = models.CharField(_("why"), max_length=300, blank=True, default="", db_default="", editable=False)

    class Meta:
        db_table = "road_inspection"
        verbose_name = _("inspection of an asset")
        verbose_name_plural = _("inspections of assets")
        ordering: ClassVar[list[str]] = ["-done_date", "-id"]
        indexes: ClassVar = [models.Index(fields=["of", "asset_id", "-done_date"], name="road_inspection_asset")]
        constraints: ClassVar = [
            codes("mark", code_lists.CONDITIONS, "road_inspection_mark"),
            models.CheckConstraint(
                condition=Q(struck_at=None) | ~Q(struck_reason=""), name="road_inspection_struck_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done_date} {self.mark}"
