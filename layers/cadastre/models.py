"""The cadastre as it is published: sheets, sections, parcels, buildings, names; roads and addresses beside them.

All in EPSG:2154. A row that came from a sheet of the plan (EDIGEO) says which one in `sheet`; one that came otherwise
(Etalab) has none.

Every table keeps an EPSG:3857 copy of its geometry, computed by PostgreSQL: transforming per row costs a third of
a tile.
`search_text` is the normalised text that the search box matches (lower case, no accents).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_core.models import web_mercator


class Section(models.Model):
    """A cadastral section of a commune; `idu` is INSEE (5) + prefix (3) + code (2)."""

    security = "reference"

    idu = models.CharField(_("identifier"), max_length=10, unique=True)
    insee = models.CharField(_("INSEE code"), max_length=5, db_index=True)
    prefix = models.CharField(_("prefix"), max_length=3)
    code = models.CharField(_("section"), max_length=2)
    created_date = models.DateField(_("created"), null=True)
    updated_date = models.DateField(_("updated"), null=True)
    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("cadastral section")
        verbose_name_plural = _("cadastral sections")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="section_geom_3857")]

    def __str__(self) -> str:
        return self.idu


class Sheet(models.Model):
    """A sheet of the cadastral plan; `idu` is INSEE (5) + prefix (3) + section (2) + number (2)."""

    security = "reference"

    class Quality(models.TextChoices):
        """QUPL of the PCI standard."""

        REGULAR = "01", _("Regular plan made before 20 March 1980")
        IRREGULAR = "02", _("Plan that is not regular")
        P3 = "03", _("Plan of quality P3 (10 cm)")
        P4 = "04", _("Plan of quality P4 (20 cm)")
        P5 = "05", _("Plan of quality P5 (40 cm)")

    idu = models.CharField(_("identifier"), max_length=12, unique=True)
    insee = models.CharField(_("INSEE code"), max_length=5, db_index=True)
    prefix = models.CharField(_("prefix"), max_length=3)
    section = models.CharField(_("section"), max_length=2)
    number = models.CharField(_("sheet number"), max_length=2)
    quality = models.CharField(_("quality of the plan"), max_length=2, choices=Quality, blank=True)
    scale = models.IntegerField(_("scale of the plan"), null=True)
    edition_date = models.DateField(_("edition of the plan"), null=True)
    created_date = models.DateField(_("created"), null=True)
    updated_date = models.DateField(_("updated"), null=True)
    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("cadastral sheet")
        verbose_name_plural = _("cadastral sheets")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="sheet_geom_3857")]

    def __str__(self) -> str:
        return self.idu


class Parcel(models.Model):
    """A cadastral parcel; `idu` is the 14-character identifier, `area_m2` the cadastral area (contenance)."""

    security = "reference"

    idu = models.CharField(_("identifier"), max_length=14, unique=True)
    insee = models.CharField(_("INSEE code"), max_length=5)
    prefix = models.CharField(_("prefix"), max_length=3)
    section = models.CharField(_("section"), max_length=2)
    number = models.CharField(_("number"), max_length=4)
    label = models.CharField(_("reference"), max_length=8)
    area_m2 = models.BigIntegerField(_("cadastral area"), null=True)
    surveyed = models.BooleanField(_("surveyed"), null=True)
    sheet = models.CharField(_("cadastral sheet"), max_length=12, db_default="", blank=True)
    created_date = models.DateField(_("created"), null=True)
    updated_date = models.DateField(_("updated"), null=True)
    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        indexes: ClassVar = [
            models.Index(fields=["section", "number", "insee"], name="parcel_reference"),
            models.Index(fields=["insee", "section", "number"], name="parcel_of_commune"),
            GistIndex(fields=["geom_3857"], name="parcel_geom_3857"),
            models.Index(fields=["sheet"], name="parcel_sheet", condition=~Q(sheet="")),
        ]

    def __str__(self) -> str:
        return self.label


class Building(models.Model):
    """A building of the cadastral plan: `kind` 01 is solid, 02 light.

    `ground_m` is an altitude, `eaves_m` and `ridge_m` are above it: measured on the models of heights
    `heights_source` of `heights_date` (`layers.cadastre.building_heights`), None where they are not known.
    `heights_models` are the short names of the campaigns that were read, the ground's among them.
    """

    security = "reference"

    class Kind(models.TextChoices):
        SOLID = "01", _("Solid building")
        LIGHT = "02", _("Light building")

    insee = models.CharField(_("INSEE code"), max_length=5, db_index=True)
    kind = models.CharField(_("kind"), max_length=2, choices=Kind)
    name = models.CharField(_("name"), max_length=120, blank=True)
    sheet = models.CharField(_("cadastral sheet"), max_length=12, db_default="", blank=True)
    created_date = models.DateField(_("created"), null=True)
    updated_date = models.DateField(_("updated"), null=True)
    ground_m = models.FloatField(_("altitude of the ground"), null=True, blank=True)
    eaves_m = models.FloatField(_("height of the eaves"), null=True, blank=True)
    ridge_m = models.FloatField(_("height of the ridge"), null=True, blank=True)
    heights_source = models.CharField(_("heights measured on"), max_length=120, db_default="", blank=True)
    heights_date = models.DateField(_("date of the heights"), null=True, blank=True)
    heights_models = ArrayField(
        models.SlugField(), db_default=[], blank=True, editable=False, verbose_name=_("campaigns of the heights")
    )
    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="building_geom_3857"),
            models.Index(fields=["sheet"], name="building_sheet"),
            # Of those that have heights alone: the cadastre comes in without.
            GinIndex(fields=["heights_models"], name="building_heights_models", condition=~Q(heights_models=[])),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class PlanObject(models.Model):
    """What objects of the plan have in common: a name, their commune and their sheet."""

    security = "reference"

    insee = models.CharField(_("INSEE code"), max_length=5)
    name = models.CharField(_("name"), max_length=250, blank=True)
    sheet = models.CharField(_("cadastral sheet"), max_length=12)
    created_date = models.DateField(_("created"), null=True)
    updated_date = models.DateField(_("updated"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class NamedPlace(PlanObject):
    """A named place (lieu-dit) of the plan, as far as its sheet reaches."""

    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("named place")
        verbose_name_plural = _("named places")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="named_place_geom_3857"),
            models.Index(fields=["sheet"], name="named_place_sheet"),
        ]


class Water(PlanObject):
    """A river, ditch or lake of the plan."""

    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("water of the plan")
        verbose_name_plural = _("waters of the plan")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_geom_3857"),
            models.Index(fields=["sheet"], name="water_sheet"),
        ]


class PlanRoad(PlanObject):
    """The line along which the plan writes the name of a public road."""

    geom = models.MultiLineStringField(srid=2154)
    geom_3857 = web_mercator(models.MultiLineStringField)

    class Meta:
        verbose_name = _("road name of the plan")
        verbose_name_plural = _("road names of the plan")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="plan_road_geom_3857"),
            models.Index(fields=["sheet"], name="plan_road_sheet"),
        ]


class PlanRoadArea(PlanObject):
    """A road of the plan that is drawn with its own outline (private and farm roads)."""

    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("road outline of the plan")
        verbose_name_plural = _("road outlines of the plan")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="plan_road_area_geom_3857"),
            models.Index(fields=["sheet"], name="plan_road_area_sheet"),
        ]


class Road(models.Model):
    """A named road's centre line, in one commune; `width_m` is the carriageway's."""

    security = "reference"

    insee = models.CharField(_("INSEE code"), max_length=5, db_index=True)
    name = models.CharField(_("name"), max_length=120)
    search_text = models.CharField(max_length=160, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    number = models.CharField(_("number"), max_length=12, blank=True)
    width_m = models.FloatField(_("width"), null=True)
    geom = models.MultiLineStringField(srid=2154)
    geom_3857 = web_mercator(models.MultiLineStringField)

    class Meta:
        verbose_name = _("road")
        verbose_name_plural = _("roads")
        indexes: ClassVar = [
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="road_search"),
            GistIndex(fields=["geom_3857"], name="road_geom_3857"),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A house number on its road; `parcel_idu` is its parcel, the first of `parcels` where there are several.

    `ban_id` is its key in the national address base, empty where it came otherwise.
    """

    security = "reference"

    insee = models.CharField(_("INSEE code"), max_length=5, db_index=True)
    number = models.PositiveIntegerField(_("number"))
    suffix = models.CharField(_("suffix"), max_length=10, blank=True)
    road_name = models.CharField(_("road"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=5)
    commune_name = models.CharField(_("commune"), max_length=100)
    label = models.CharField(_("address"), max_length=200)
    search_text = models.CharField(max_length=260, editable=False)
    parcel_idu = models.CharField(_("parcel"), max_length=14, blank=True)
    parcels = ArrayField(models.CharField(max_length=14), db_default=[], blank=True, verbose_name=_("parcels"))
    ban_id = models.CharField(_("BAN key"), max_length=60, db_default="", blank=True)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        indexes: ClassVar = [
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="address_search"),
            GistIndex(fields=["geom_3857"], name="address_geom_3857"),
            GinIndex(fields=["parcels"], name="address_parcels"),
            models.Index(fields=["parcel_idu"], name="address_parcel", condition=~Q(parcel_idu="")),
        ]

    def __str__(self) -> str:
        return self.label
