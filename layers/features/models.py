"""What editing leaves beside the features: photos, words for people who were overwritten."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.models import Member, User
from layers.catalogue.models import Layer


class Notice(models.Model):
    """Somebody's write, without the version that they saw, replaced what `person` had written lately."""

    security = "person"
    history = False

    person = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("person"))
    layer = models.ForeignKey(Layer, models.CASCADE, related_name="+", verbose_name=_("layer"))
    feature = models.BigIntegerField(_("feature"))
    action = models.CharField(_("action"), max_length=6)
    fields = ArrayField(models.CharField(max_length=63), verbose_name=_("fields"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))
    at = models.DateTimeField(_("changed on"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.layer_id}/{self.feature}: {', '.join(self.fields)}"


class Attachment(models.Model):
    """A photo of a feature: a JPEG of ours under `<files>/attachments/<layer>/`, with a smaller one beside it.

    `owner_id`, `shared_with` and `private` say again what the feature's row says of who sees it. A deleted feature's
    photos come back with it.
    """

    security = "feature"

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="+", verbose_name=_("layer"))
    feature = models.BigIntegerField(_("feature"))
    owner = models.ForeignKey(Member, models.CASCADE, null=True, verbose_name=_("owner"))
    shared_with = ArrayField(models.IntegerField(), default=list)
    private = models.BooleanField(default=False)
    name = models.UUIDField(default=uuid4, unique=True)
    title = models.CharField(_("title"), max_length=120)
    taken_at = models.DateTimeField(_("taken on"), null=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("attached photo")
        verbose_name_plural = _("attached photos")
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar = [models.Index(fields=["layer", "feature"])]

    def __str__(self) -> str:
        return self.title


class Numbering(models.Model):
    """How a member numbers the new objects of a layer: the database fills their reference (`arpent.number_object`).

    `patterns` has a pattern such as `LYS-V{0000}` by value of `column`, and one under `""` for the other values.
    `{0000}` is the number, `{insee}` the commune in which the object lies. What imports bring is not numbered.
    """

    security = "owner"

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    layer = models.ForeignKey(Layer, models.CASCADE, related_name="+", verbose_name=_("layer"))
    column = models.CharField(_("by the values of"), max_length=63, blank=True)
    patterns = models.JSONField(_("patterns"), default=dict)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("numbering")
        verbose_name_plural = _("numberings")
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "layer"], name="features_numbering_once")]

    def __str__(self) -> str:
        return f"{self.layer_id}: {', '.join(self.patterns.values())}"


class ReferenceCounter(models.Model):
    """The last number given by a pattern of a member in a layer (`arpent.number_object`)."""

    security = "system"

    # Nobody but the function sees these rows: no foreign keys, which would have the web role look for them.
    owner = models.ForeignKey(Member, models.DO_NOTHING, related_name="+", db_constraint=False)
    layer = models.ForeignKey(Layer, models.DO_NOTHING, related_name="+", db_constraint=False)
    pattern = models.CharField(max_length=80)
    last = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "layer", "pattern"], name="features_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.pattern}: {self.last}"
