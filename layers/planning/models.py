"""Planning documents and their versions, public easements (SUP), risk plans, as the CNIG standards deliver them.

Columns that the standards name keep that name (`typezone`, `nomfic`, `idsup`). Geometries are in EPSG:2154 with their
EPSG:3857 copy beside them. `kind` says of a generic geometry whether it is a surface, a line or a point.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.models import web_mercator


class Shape(models.TextChoices):
    """What a geometry covers."""

    SURFACE = "surface", _("Surface")
    LINE = "line", _("Line")
    POINT = "point", _("Point")


class DocumentQuerySet(models.QuerySet["Document"]):
    def in_force(self, on: date) -> DocumentQuerySet:
        """The versions whose rules hold on a day."""
        return self.filter(Q(ends_date=None) | Q(ends_date__gt=on), starts_date__lte=on)


class Document(models.Model):
    """One version of a planning document: approved on a day, for a commune (INSEE) or an inter-communal body (SIREN).

    `ended_date` is the DATEFIN of the delivery. `starts_date` and `ends_date` are the days between which it is in
    force, computed from all versions (`services.versions`); `published` is whether the layers last announced show it.
    `files` are the written pieces: `{"name", "path", "size"}`, kept in `folder`.
    """

    security = "reference"

    class Kind(models.TextChoices):
        PLU = "PLU", _("Local plan (PLU)")
        PLUI = "PLUi", _("Inter-communal plan (PLUi)")
        CC = "CC", _("Communal map")
        POS = "POS", _("Land-use plan (POS)")
        PSMV = "PSMV", _("Safeguard plan (PSMV)")

    idurba = models.CharField("IDURBA", max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    territory = models.CharField(_("INSEE code or SIREN"), max_length=9)
    communes = ArrayField(models.CharField(max_length=5), verbose_name=_("communes"))
    state = models.CharField(_("state"), max_length=2)
    procedure = models.CharField(_("procedure"), max_length=10, blank=True)
    approved_date = models.DateField(_("approved on"), null=True)
    ended_date = models.DateField(_("ended on"), null=True)
    starts_date = models.DateField(null=True)
    ends_date = models.DateField(null=True)
    published = models.BooleanField(default=False)
    regulation = models.TextField(_("regulation"), blank=True)
    regulation_url = models.CharField(max_length=500, blank=True)
    site_url = models.CharField(max_length=500, blank=True)
    reference = models.CharField(_("drawn on"), max_length=20, blank=True)
    folder = models.CharField(max_length=32, unique=True)
    files = models.JSONField(default=list)
    imported_at = models.DateTimeField(_("imported"), default=current_instant, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("planning document")
        verbose_name_plural = _("planning documents")
        ordering: ClassVar[list[str]] = ["territory", "-approved_date"]
        indexes: ClassVar = [GinIndex(fields=["communes"], name="planning_communes")]

    def __str__(self) -> str:
        return self.idurba


class Zone(models.Model):
    """A zone of a plan (`typezone` U, AUc, AUs, A, N) or a sector of a communal map (01, 02, 03, 99)."""

    security = "reference"

    document = models.ForeignKey(Document, models.DB_CASCADE, related_name="zones")
    libelle = models.TextField(_("zone"))
    libelong = models.TextField(_("long name"), blank=True)
    typezone = models.CharField(_("kind of zone"), max_length=3)
    formdomi = models.CharField(_("dominant form"), max_length=10, blank=True)
    destination = models.TextField(_("dominant destination"), blank=True)
    nomfic = models.TextField(_("regulation"), blank=True)
    urlfic = models.CharField(max_length=500, blank=True)
    idurba = models.CharField("IDURBA", max_length=60)
    datvalid = models.DateField(_("validated on"), null=True)
    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="zone_geom_3857")]

    def __str__(self) -> str:
        return self.libelle


class Detail(models.Model):
    """What prescriptions and information have in common."""

    libelle = models.TextField(_("name"))
    txt = models.TextField(_("number"), blank=True)
    nature = models.TextField(_("nature"), blank=True)
    nomfic = models.TextField(_("piece"), blank=True)
    urlfic = models.CharField(max_length=500, blank=True)
    idurba = models.CharField("IDURBA", max_length=60)
    datvalid = models.DateField(_("validated on"), null=True)
    kind = models.CharField(_("geometry"), max_length=7, choices=Shape)
    geom = models.GeometryField(srid=2154)
    geom_3857 = web_mercator(models.GeometryField)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.libelle


class Prescription(Detail):
    """A rule on top of the zone's: protected wood, reserved site, building line…"""

    security = "reference"

    document = models.ForeignKey(Document, models.DB_CASCADE, related_name="prescriptions")
    typepsc = models.CharField(_("kind"), max_length=2)
    stypepsc = models.CharField(_("sub-kind"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="prescription_geom_3857")]


class Information(Detail):
    """A perimeter that a plan tells of: pre-emption, noise, archaeology…"""

    security = "reference"

    document = models.ForeignKey(Document, models.DB_CASCADE, related_name="information")
    typeinf = models.CharField(_("kind"), max_length=2)
    stypeinf = models.CharField(_("sub-kind"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("planning information")
        verbose_name_plural = _("planning information")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="information_geom_3857")]


class EasementSet(models.Model):
    """The easements of one category that a manager delivers for one territory: replaced together.

    `code` is manager_category_territory; `files` are the acts, kept in `folder`.
    """

    security = "reference"

    code = models.CharField(_("delivery"), max_length=120, unique=True)
    dated = models.DateField(_("date"), null=True)
    folder = models.CharField(max_length=32, unique=True)
    files = models.JSONField(default=list)
    imported_at = models.DateTimeField(_("imported"), default=current_instant, editable=False)

    class Meta:
        verbose_name = _("set of easements")
        verbose_name_plural = _("sets of easements")

    def __str__(self) -> str:
        return self.code


class EasementAct(models.Model):
    """The decision that made, changed or ended an easement; `piece` is its file in the set's folder."""

    security = "reference"

    delivery = models.ForeignKey(EasementSet, models.DB_CASCADE, related_name="acts")
    idacte = models.CharField("IDACTE", max_length=60)
    name = models.TextField(_("name"))
    reference = models.TextField(_("reference"), blank=True)
    type = models.TextField(_("kind"), blank=True)
    decision = models.TextField(_("decision"), blank=True)
    decided_date = models.DateField(_("decided on"), null=True)
    published_date = models.DateField(_("published on"), null=True)
    piece = models.TextField(_("file"), blank=True)

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        constraints: ClassVar = [models.UniqueConstraint(fields=["delivery", "idacte"], name="act_once")]

    def __str__(self) -> str:
        return self.name


class Easement(models.Model):
    """A public easement (servitude d’utilité publique); `since_date` is the day of its first act, when known."""

    security = "reference"

    delivery = models.ForeignKey(EasementSet, models.DB_CASCADE, related_name="easements")
    idsup = models.CharField("IDSUP", max_length=60)
    category = models.CharField(_("category"), max_length=10)
    name = models.TextField(_("name"))
    long_name = models.TextField(_("long name"), blank=True)
    description = models.TextField(_("description"), blank=True)
    manager = models.TextField(_("manager"), blank=True)
    updated_date = models.DateField(_("updated"), null=True)
    since_date = models.DateField(_("since"), null=True)
    acts: models.ManyToManyField[EasementAct, EasementLink] = models.ManyToManyField(
        EasementAct, through="EasementLink", related_name="easements", verbose_name=_("acts")
    )

    class Meta:
        verbose_name = _("easement")
        verbose_name_plural = _("easements")
        constraints: ClassVar = [models.UniqueConstraint(fields=["delivery", "idsup"], name="easement_once")]

    def __str__(self) -> str:
        return self.long_name or self.name


class EasementLink(models.Model):
    """Which act is about which easement."""

    security = "reference"

    easement = models.ForeignKey(Easement, models.DB_CASCADE)
    act = models.ForeignKey(EasementAct, models.DB_CASCADE)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["easement", "act"], name="link_once")]


class EasementPlace(models.Model):
    """What generators and footprints of easements have in common."""

    security = "reference"

    category = models.CharField(_("category"), max_length=10)
    name = models.TextField(_("name"), blank=True)
    type = models.TextField(_("kind"), blank=True)
    kind = models.CharField(_("geometry"), max_length=7, choices=Shape)
    geom = models.GeometryField(srid=2154)
    geom_3857 = web_mercator(models.GeometryField)

    class Meta:
        abstract = True


class EasementGenerator(EasementPlace):
    """What an easement protects or comes from: a monument, a pipe."""

    easement = models.ForeignKey(Easement, models.DB_CASCADE, related_name="generators")
    idgen = models.CharField("IDGEN", max_length=60)

    class Meta:
        verbose_name = _("generator of an easement")
        verbose_name_plural = _("generators of easements")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="generator_geom_3857")]

    def __str__(self) -> str:
        return self.name or self.idgen


class EasementFootprint(EasementPlace):
    """Where an easement weighs on the ground (assiette)."""

    easement = models.ForeignKey(Easement, models.DB_CASCADE, related_name="footprints")
    idass = models.CharField("IDASS", max_length=60, blank=True)

    class Meta:
        verbose_name = _("footprint of an easement")
        verbose_name_plural = _("footprints of easements")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="footprint_geom_3857")]

    def __str__(self) -> str:
        return self.name or self.idass


class RiskPlan(models.Model):
    """A risk prevention plan (PPRN, PPRT, PPRM) by the code of its procedure."""

    security = "reference"

    code = models.CharField(_("procedure"), max_length=60, unique=True)
    name = models.TextField(_("name"))
    type = models.CharField(_("kind"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=40, blank=True)
    state_date = models.DateField(_("date of the state"), null=True)
    url = models.CharField(max_length=500, blank=True)
    imported_at = models.DateTimeField(_("imported"), default=current_instant, editable=False)

    class Meta:
        verbose_name = _("risk plan")
        verbose_name_plural = _("risk plans")

    def __str__(self) -> str:
        return self.name


class RiskZone(models.Model):
    """A zone of a risk plan's regulation; `nature` tells building rules (urba), land (foncier) and plain ones apart."""

    security = "reference"

    plan = models.ForeignKey(RiskPlan, models.DB_CASCADE, related_name="zones")
    idzone = models.CharField(_("identifier"), max_length=60, blank=True)
    code = models.CharField(_("zone"), max_length=60)
    name = models.TextField(_("name"), blank=True)
    typereglement = models.CharField(_("kind of rule"), max_length=2, blank=True)
    nature = models.CharField(_("nature"), max_length=10, blank=True)
    geom = models.MultiPolygonField(srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("risk zone")
        verbose_name_plural = _("risk zones")
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="risk_zone_geom_3857")]

    def __str__(self) -> str:
        return self.code
