"""Layers of other servers in the catalogue, and the servers that may be asked."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.catalogue.models import Layer, Theme, in_language, visibility_condition


class AllowedHost(models.Model):
    """A server that may be asked, as it stands in addresses: `host`, or `host:port` for another port than the usual."""

    security = "edited"

    host = models.CharField(
        _("server"),
        max_length=255,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$")],
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("allowed server")
        verbose_name_plural = _("allowed servers")
        ordering: ClassVar[list[str]] = ["host"]

    def __str__(self) -> str:
        return self.host


class ExternalLayerQuerySet(models.QuerySet["ExternalLayer"]):
    def visible_to(self, rights: Rights) -> ExternalLayerQuerySet:
        """Those that the asker may see: the question that the catalogue, every image and every legend ask."""
        return self.filter(visibility_condition(rights))


class ExternalLayer(models.Model):
    """A layer that another server draws: fetched by ours, image by image, in the Web Mercator pyramid.

    `url` is the template of an XYZ layer or of a WMTS layer's resources, otherwise the service's own address. For a
    WMTS, `matrices` are the identifiers of its levels from zoom 0 on. `tile_size` is the side of an image in pixels;
    `extent_4326` (west, south, east, north) is what the service says of itself, null for the whole world.
    """

    security = "visibility"

    class Kind(models.TextChoices):
        WMS = "wms", "WMS"
        WMTS = "wmts", "WMTS"
        XYZ = "xyz", "XYZ"

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="external_layers", verbose_name=_("theme"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    attribution = models.CharField(_("attribution"), max_length=200)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Layer.Visibility, default=Layer.Visibility.OWNER
    )
    shared_with = ArrayField(
        models.IntegerField(), default=list, blank=True, verbose_name=_("members it is shared with")
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    service = models.CharField(_("address that was given"), max_length=1000)
    url = models.CharField(_("address"), max_length=1000)
    name = models.CharField(_("name at the server"), max_length=200, blank=True)
    style = models.CharField(_("style at the server"), max_length=200, blank=True)
    service_version = models.CharField(_("version of the service"), max_length=10, blank=True)
    format = models.CharField(_("image format"), max_length=60, blank=True)
    matrix_set = models.CharField(_("WMTS matrix set"), max_length=100, blank=True)
    matrices = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    tile_size = models.PositiveSmallIntegerField(default=256)
    min_zoom = models.PositiveSmallIntegerField(_("smallest zoom"), default=0)
    max_zoom = models.PositiveSmallIntegerField(_("largest zoom"), default=19)
    extent_4326 = ArrayField(models.FloatField(), size=4, null=True)
    legend_url = models.CharField(_("address of the legend"), max_length=1000, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = ExternalLayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("layer of another server")
        verbose_name_plural = _("layers of other servers")
        ordering: ClassVar[list[str]] = ["theme__order", "order", "title"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(min_zoom__lte=models.F("max_zoom"), max_zoom__lte=22), name="external_zooms_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(visibility="owner") | Q(owner__isnull=False), name="external_of_an_owner_has_one"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)
