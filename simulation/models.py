"""Rules of zones as data, the texts from which they come, sides of terrains that a person corrected, and projects.

Regulations are public: everybody reads them. Rules and texts are of a version of a planning document, by its IDURBA:
delivered again it finds them, and a new version begins without any. They outlive the document.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.owned import OwnedQuerySet
from gis_core.members.rights import Rights
from gis_core.models import Member, User
from simulation.engine.sides import Kind


class OfDocument(models.Model):
    """What a member keeps of a version of a planning document."""

    security = "shown"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    version = models.IntegerField(default=1, db_default=1, editable=False)
    idurba = models.CharField("IDURBA", max_length=60)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed"), default=current_instant, editable=False)

    class Meta:
        abstract = True


class ZoneRules(OfDocument):
    """The rules of a zone, by its label: `rules` as SRU level 2 writes them (`simulation.engine.sru.rule_as_json`)."""

    zone = models.CharField(_("zone"), max_length=120)
    rules = models.JSONField(_("rules"), default=list)

    class Meta:
        verbose_name = _("rules of a zone")
        verbose_name_plural = _("rules of zones")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["idurba", "zone", "owner"], name="zone_rules_once"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} · {self.idurba}"


class RegulationText(OfDocument):
    """A regulation cut in titles and contents (SRU level 1).

    `contents`: `{"id", "title", "zones", "text"}` in the order of the text; `zones` is empty for what is general.
    """

    name = models.CharField(_("name"), max_length=300)
    url = models.CharField(max_length=500, blank=True)
    contents = models.JSONField(default=list)

    class Meta:
        verbose_name = _("text of a regulation")
        verbose_name_plural = _("texts of regulations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["idurba", "owner"], name="regulation_text_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SideCorrection(models.Model):
    """What a side of a terrain is, by somebody who knows better: `geom` (EPSG:2154) is the side as it was derived.

    It counts for whatever terrain has this limit; of two on the same limit the last.
    """

    class SideKind(models.TextChoices):
        ALIGNMENT = Kind.ALIGNMENT.value, _("Alignment")
        SIDE = Kind.SIDE.value, _("Side limit")
        REAR = Kind.REAR.value, _("Rear limit")

    security = "owner"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    insee = models.CharField(_("commune"), max_length=5)
    kind = models.CharField(_("side"), max_length=10, choices=SideKind)
    geom = models.LineStringField(srid=2154)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed"), default=current_instant, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("corrected side")
        verbose_name_plural = _("corrected sides")

    def __str__(self) -> str:
        return f"{self.insee} {self.kind}"


class ProjectQuerySet(OwnedQuerySet["Project"]):
    """Projects, seen by their member, its town halls for their communes, and members that they are shared with."""

    def visible_to(self, rights: Rights) -> ProjectQuerySet:
        """Those that the user reads; every one for the agency."""
        if rights.agency:
            return self
        members = rights.members()
        town_halls = models.Q(owner_id__in=rights.town_halls(), insee__in=list(rights.town_insee))
        return self.filter(models.Q(owner_id__in=members) | models.Q(shared_with__overlap=members) | town_halls)

    def current(self) -> ProjectQuerySet:
        """Those that are not archived."""
        return self.filter(archived_at=None)


class Project(models.Model):
    """Works drawn on parcels, in variants; written by the people of its member, read by those it is shared with.

    `variants` hold {"letter", "title", "notes", "volumes", "lines", "demolished"}: volumes as the API takes them, with
    a name (EPSG:2154, metres), `lines` {"kind", "name", "line", "width", "height"}, `demolished` ids of buildings.
    `geom` is the ground of the parcels when they were chosen: those that were divided since are known by it.
    """

    security = "owner"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    insee = models.CharField(_("INSEE code"), max_length=5)
    idus = ArrayField(models.CharField(max_length=14), verbose_name=_("parcels"))
    permit = models.CharField(_("permit"), max_length=18, blank=True)
    variants = models.JSONField(default=list)
    geom = models.MultiPolygonField(srid=2154)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed"), default=current_instant, editable=False)
    archived_at = models.DateTimeField(_("archived on"), null=True)
    version = models.IntegerField(default=1, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering: ClassVar[list[str]] = ["-changed_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-changed_at", "-id"], name="project_of_member"),
            GinIndex(fields=["idus"], name="project_idus"),
            models.Index(fields=["permit"], name="project_permit", condition=~models.Q(permit="")),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectVersion(models.Model):
    """What a project held when it was saved as this version: its name, parcels, permit and variants."""

    security = "part:project_id"
    history = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="versions")
    number = models.IntegerField()
    content = models.JSONField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))
    made_at = models.DateTimeField(_("changed"), default=current_instant, editable=False)

    class Meta:
        verbose_name = _("version of a project")
        verbose_name_plural = _("versions of projects")
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "number"], name="project_version_once")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.number}"


class ProjectDocument(models.Model):
    """A document that people attach to a project: a file under `<files>/simulations/<project>/`, by its `name`."""

    security = "part:project_id"

    project = models.ForeignKey(Project, models.CASCADE, related_name="documents")
    name = models.UUIDField(default=uuid4, unique=True)
    title = models.CharField(_("title"), max_length=120)
    media_type = models.CharField(max_length=80)
    active = models.BooleanField(default=False)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("document of a project")
        verbose_name_plural = _("documents of projects")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.title
