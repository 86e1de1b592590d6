"""What was done: writes by key, events, former rows, imports of reference data."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.models.jobs import Job
from gis_core.models.organisations import Member
from gis_core.models.people import User


class IdempotencyKey(models.Model):
    """A write that was done, under the key that its client gave it: sent again with the same key, it is not done again.

    `scope` says what was written: `form` for a form of a page, `layer <id>` for an edit of a layer's feature. `answer`
    is what the write made, null until it is done; `digest` is what a form sent (hexadecimal SHA-256).
    """

    security = "person"
    history = False

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.UUIDField()
    scope = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, default="")
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=current_instant, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="idempotency_key_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="idempotency_key_at")]

    def __str__(self) -> str:
        return str(self.key)


class HistoryEvent(models.Model):
    """One thing that someone did: an edit, an import (however many rows it touched), a raw SQL statement."""

    security = "system"

    kind = models.CharField(max_length=40)
    table = models.CharField(max_length=130)
    layer = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by_user = models.IntegerField(null=True)
    by_role = models.CharField(max_length=63)
    rows = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("history event")
        verbose_name_plural = _("history events")
        indexes: ClassVar = [models.Index(fields=["table", "at"]), models.Index(fields=["layer", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.table} {self.at:%Y-%m-%d %H:%M}"


class AnyGeometryField(models.GeometryField):  # type: ignore[type-arg]
    """Geometries with heights (Z) and without them, side by side: those of tables of either kind."""

    def db_type(self, connection: Any) -> str:
        return "geometry"


class RowHistory(models.Model):
    """A row as it was before a change: its columns as JSON, its geometry (EPSG:2154) apart, where it changed."""

    security = "system"

    event = models.ForeignKey(HistoryEvent, models.CASCADE, related_name="rows_changed", db_index=False)
    pk_value = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    version = models.IntegerField()
    old = models.JSONField(null=True)
    old_geom = AnyGeometryField(srid=2154, null=True, spatial_index=False)
    geom_changed = models.BooleanField(db_default=True)

    class Meta:
        verbose_name = _("row history")
        verbose_name_plural = _("row histories")
        indexes: ClassVar = [models.Index(fields=["pk_value", "event"]), models.Index(fields=["event", "id"])]

    def __str__(self) -> str:
        return f"{self.operation} {self.pk_value} v{self.version}"


class SourceImport(models.Model):
    """An import of reference data or of roads that can be taken back: what it replaced is kept in `ReplacedRow`.

    `before` is what else was so before it: the dates of the layers. With `all_communes` it was not held to a member's
    territory: the agency alone takes it back.
    """

    security = "job"
    history = False

    class State(models.TextChoices):
        LOADED = "loaded", pgettext_lazy("import", "Loaded")
        TAKEN_BACK = "taken_back", _("Taken back")
        FORGOTTEN = "forgotten", _("What it replaced is no longer kept")

    source = models.CharField(_("source"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, verbose_name=_("started by"))
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.LOADED)
    all_communes = models.BooleanField(default=False, editable=False)
    before = models.JSONField(default=dict, editable=False)
    counts = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(_("made on"), db_default=Now(), editable=False)
    taken_back_at = models.DateTimeField(_("taken back on"), null=True)
    taken_back_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.title


WITH_FILES = models.Q(table="planning_document") | models.Q(table="planning_easementset")
"""Tables whose rows name files that are kept as long as the row may come back."""


class ReplacedRow(models.Model):
    """A row as it was before an import changed or removed it; of rows that came, their ids, a statement at a time.

    `left_as` are digests of the rows as the import left them, where people change them, too.
    """

    security = "system"

    source_import = models.ForeignKey(SourceImport, models.DO_NOTHING, related_name="+", db_index=False)
    table = models.CharField(max_length=130)
    operation = models.CharField(max_length=6)
    row = models.BigIntegerField(null=True)
    old = models.JSONField()
    old_geom = models.GeometryField(srid=2154, null=True, spatial_index=False)
    left_as = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        verbose_name = _("replaced row")
        verbose_name_plural = _("replaced rows")
        indexes: ClassVar = [
            models.Index(fields=["source_import", "table", "row"], name="replaced_row"),
            # Every night and every backup ask which files come back with an import that is taken back.
            models.Index(fields=["table"], name="replaced_planning", condition=WITH_FILES),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row}"
