"""Communes, the organisations that share the platform, and their territories."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from gis_core.members.rights import Rights
from gis_core.validators import validate_siren


def web_mercator(kind: type[models.GeometryField[Any, Any]]) -> models.GeneratedField:
    """The stored EPSG:3857 copy of `geom`; Django makes no index for it, so declare a GistIndex beside it."""
    return models.GeneratedField(expression=Transform("geom", 3857), output_field=kind(srid=3857), db_persist=True)


class Commune(models.Model):
    """A commune with its boundary, by INSEE code (`geom` in EPSG:2154)."""

    security = "reference"

    insee = models.CharField(
        _("INSEE code"), max_length=5, unique=True, validators=[RegexValidator(r"^(\d{2}|2[AB])\d{3}$")]
    )
    name = models.CharField(_("name"), max_length=100)
    search_text = models.CharField(max_length=120, editable=False, default="")
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    source_date = models.DateField(_("vintage"), null=True, blank=True)
    geom = models.MultiPolygonField(_("boundary"), srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering: ClassVar[list[str]] = ["name"]
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="commune_geom_3857")]

    def __str__(self) -> str:
        return f"{self.name} ({self.insee})"


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, rights: Rights) -> MemberQuerySet:
        """The user's own members; every member for the agency."""
        return self if rights.agency else self.filter(pk__in=list(rights.roles))

    def administered_by(self, rights: Rights) -> MemberQuerySet:
        """The members whose people and data the user manages; every member for the agency."""
        return self if rights.agency else self.filter(pk__in=rights.list_administered_ids())


class Member(models.Model):
    """An authority that shares the platform; its territory is a set of communes, which may overlap with others'."""

    security = "edited"

    class Kind(models.TextChoices):
        EPCI = "epci", _("Inter-communal body")
        PETR = "petr", _("Territorial pole (PETR)")
        DEPARTEMENT = "departement", _("Département")

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    siren = models.CharField("SIREN", max_length=9, unique=True, validators=[validate_siren])
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    communes: models.ManyToManyField[Commune, Territory] = models.ManyToManyField(
        Commune, through="Territory", related_name="members", verbose_name=_("communes")
    )
    # How its people sign in, beside the member's own methods (gis_core.models.sign_in).
    passwords_open = models.BooleanField(_("passwords open its pages"), default=True, db_default=True)
    needs_second_factor = models.BooleanField(_("a second factor for everybody"), default=False, db_default=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Territory(models.Model):
    """A commune of a member's territory. The code, not the row, is what rights refer to: vintages come and go."""

    security = "edited"

    member = models.ForeignKey(Member, models.CASCADE, related_name="territories", verbose_name=_("member"))
    commune = models.ForeignKey(
        Commune,
        models.RESTRICT,
        to_field="insee",
        db_column="insee",
        related_name="territories",
        verbose_name=_("commune"),
    )

    class Meta:
        verbose_name = _("commune of a territory")
        verbose_name_plural = _("communes of territories")
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "commune"], name="territory_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.commune_id}"
