"""Aerial campaigns on their way from a delivered folder to a published photo."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Member, User
from layers.catalogue.models import Layer, Photo


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def administered_by(self, rights: Rights) -> CampaignQuerySet:
        """The campaigns that the asker may see and work on: those of the members whose data they administer."""
        return self if rights.agency else self.filter(owner_id__in=rights.list_administered_ids())


class Campaign(models.Model):
    """A delivery, what the inventory found in it, how far its build is, and what will be published of it.

    `delivery` is the folder on the server. `build` counts the builds: each writes a folder of its own, so that what is
    published never changes underneath. `plan` (grid, channels, scaling) is what the inventory decided for every sheet;
    `findings` what it has to say, as `{"code", "words", "sheets"}`. The other fields are those of `Photo`: by its
    `kind` it is one of photos, or of heights (of which `unit` is what the values of the files count).
    """

    security = "owner"

    class State(models.TextChoices):
        INSPECTING = "inspecting", _("Being inspected")
        REFUSED = "refused", pgettext_lazy("campaign or sheet", "Refused")
        INSPECTED = "inspected", _("Inspected")
        BUILDING = "building", _("Being built")
        STOPPED = "stopped", _("Stopped")
        BUILT = "built", _("Built")

    class Codec(models.TextChoices):
        JPEG = "jpeg", "JPEG"
        WEBP = "webp", "WEBP"
        DEFLATE = "deflate", _("DEFLATE (lossless)")
        LERC = "lerc", _("LERC (heights, to a millimetre)")

    class Unit(models.TextChoices):
        METRE = "m", _("metres")
        DECIMETRE = "dm", _("decimetres")
        CENTIMETRE = "cm", _("centimetres")
        FOOT = "ft", _("feet (0.3048 m)")

    class Display(models.TextChoices):
        NATURAL = "natural", _("Natural colours")
        INFRARED = "infrared", _("Infrared colours")

    slug = models.SlugField(_("short name"), unique=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Photo.Kind, default=Photo.Kind.PHOTO)
    unit = models.CharField(_("unit of the heights"), max_length=2, choices=Unit, default=Unit.METRE)
    vertical_crs = models.PositiveIntegerField(_("vertical datum (EPSG code)"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    attribution = models.CharField(_("attribution"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    acquired_date = models.DateField(_("date of the photos"))
    acquired_precision = models.CharField(_("precision of the date"), max_length=5, choices=Photo.Precision)
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Layer.Visibility, default=Layer.Visibility.SIGNED_IN
    )
    shared_with = ArrayField(
        models.IntegerField(), default=list, blank=True, verbose_name=_("members it is shared with")
    )
    within_communes = models.BooleanField(_("shared on each member's communes only"), default=False)
    publish_at_once = models.BooleanField(_("published as soon as it is built"), default=False)
    delivery = models.CharField(_("delivery folder"), max_length=400)
    crs = models.PositiveIntegerField(_("CRS of the sheets that name none (EPSG code)"), default=2154)
    codec = models.CharField(_("compression"), max_length=7, choices=Codec, default=Codec.JPEG)
    display = models.CharField(_("colours"), max_length=8, choices=Display, default=Display.NATURAL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.INSPECTING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    plan = models.JSONField(default=dict, editable=False)
    findings = models.JSONField(default=list, editable=False)
    build = models.IntegerField(default=0, editable=False)
    build_started_at = models.DateTimeField(null=True, editable=False)
    built_at = models.DateTimeField(null=True, editable=False)
    published_build = models.IntegerField(null=True, editable=False)
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, verbose_name=_("started by"))
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("aerial campaign")
        verbose_name_plural = _("aerial campaigns")
        ordering: ClassVar[list[str]] = ["-acquired_date", "title"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(visibility="owner") | Q(owner__isnull=False), name="campaign_of_an_owner_has_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def may_work(self, rights: Rights) -> bool:
        """Whether the asker may build and publish this campaign."""
        return rights.has_role(self.owner_id, ADMINISTRATORS)

    @property
    def of_heights(self) -> bool:
        """Whether its sheets are heights, and no pictures."""
        return self.kind != Photo.Kind.PHOTO

    @property
    def folder(self) -> str:
        """Where the present build lies, under FILES_DIR."""
        return f"orthophoto/{self.slug}/{self.build}"


class Sheet(models.Model):
    """One file of the delivery: what the inventory found, and what the present build made of it.

    `geom` is the sheet's outline (EPSG:2154) as found, then that of its valid pixels once built. `facts` is what the
    reader said; `companions` are the files that belong to it (world file, .tab, external mask).
    """

    security = "part:campaign_id"
    history = False

    class State(models.TextChoices):
        REFUSED = "refused", pgettext_lazy("campaign or sheet", "Refused")
        INVENTORIED = "found", _("Found")
        BUILT = "built", _("Built")
        FAILED = "failed", _("Failed")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="sheets")
    name = models.CharField(_("name"), max_length=120)
    file = models.CharField(_("file"), max_length=400)
    companions = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.INVENTORIED)
    code = models.CharField(max_length=40, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    facts = models.JSONField(default=dict)
    geom = models.MultiPolygonField(srid=2154, null=True)
    rank = models.IntegerField(default=0)
    file_name = models.CharField(max_length=140, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(null=True)
    seconds = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["file"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "file"], name="sheet_file_once"),
            models.UniqueConstraint(fields=["campaign", "name"], condition=~Q(state="refused"), name="sheet_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
