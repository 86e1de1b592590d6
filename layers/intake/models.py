"""Imports of files, and the mappings that are kept for the next file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.models import Member, SourceImport, User
from layers.catalogue.models import Layer


class FileImportQuerySet(models.QuerySet["FileImport"]):
    def of(self, source: str, members: Iterable[Member]) -> FileImportQuerySet:
        """The imports of a source (its slug) for some members."""
        return self.filter(source=source, owner__in=members)

    def applied_by(self, kept: SourceImport) -> FileImportQuerySet:
        """The import whose rows are kept so, while it is loaded."""
        states = (FileImport.State.APPLIED, FileImport.State.REVERTING)
        return self.filter(source_import=kept, state__in=states)


class FileImport(models.Model):
    """Files of one source on their way into a member's data (`layers.intake.source`).

    `contents` is what the reader saw in the files, `choices` what people decided, `plan` what would be done as the last
    reading saw it, `findings` what is amiss (`layers.intake.findings`), `report` what was done; each is JSON, and the
    source says of what. Of a private source none of them holds a cell of the files. `revert_data` is what undoing it
    needs beside, JSON that nobody is shown; `source_import` keeps what it replaced, where the source can be taken back
    so (`layers.intake.source_imports`). Of files that hold several layers each comes in by an import of its own:
    `files_of` is that of the files, `layer` the one that it fills. What has no owner is the agency's. Somebody went on
    with it at `touched_at`.
    """

    security = "owner"
    history = False

    class State(models.TextChoices):
        """Where files are on their way in; not every kind of import goes through all of them."""

        READING = "reading", _("Being read")
        CHOOSING = "choosing", _("To be completed")
        READY = "ready", _("Read")
        APPLYING = "applying", _("Being loaded")
        APPLIED = "applied", _("Loaded")
        REVERTING = "reverting", pgettext_lazy("import of files", "Being taken back")
        REVERTED = "reverted", pgettext_lazy("import of files", "Taken back")
        REFUSED = "refused", pgettext_lazy("import", "Refused")

    source = models.CharField(max_length=40, editable=False)
    title = models.CharField(_("title"), max_length=200)
    # Null for sources that the agency brings in for nobody in particular; all others may rely on it.
    owner: models.ForeignKey[Member | Combinable | None, Member] = models.ForeignKey(  # type: ignore[misc]
        Member, models.CASCADE, null=True, related_name="+", verbose_name=_("member")
    )
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    folder = models.CharField(max_length=40, editable=False)
    files = models.JSONField(default=list, editable=False)
    contents = models.JSONField(default=list, editable=False)
    choices = models.JSONField(default=dict, editable=False)
    plan = models.JSONField(null=True, editable=False)
    findings = models.JSONField(default=list, editable=False)
    report = models.JSONField(null=True, editable=False)
    revert_data = models.JSONField(default=dict, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.READING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    source_import = models.ForeignKey(SourceImport, models.SET_NULL, null=True, related_name="+", editable=False)
    files_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="imports", editable=False)
    layer = models.ForeignKey(Layer, models.SET_NULL, null=True, related_name="imports", editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    touched_at = models.DateTimeField(default=current_instant, editable=False)
    applied_at = models.DateTimeField(_("loaded on"), null=True)
    reverted_at = models.DateTimeField(_("taken back on"), null=True)
    reverted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = FileImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of files")
        verbose_name_plural = _("imports of files")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar = [models.Index(fields=["source", "owner"], name="file_import_of")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_under_way(self) -> bool:
        """Whether a job works on it."""
        return self.state in (self.State.READING, self.State.APPLYING, self.State.REVERTING)

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody: its files may be read again, or forgotten."""
        return self.state in (self.State.CHOOSING, self.State.READY, self.State.REFUSED)


class ImportMapping(models.Model):
    """How a member's files of one source and one shape are read: kept under a name for the next file.

    `fields` are the names of the fields that such a file has, in alphabetical order, `mapping` what the source keeps.
    """

    security = "owner"
    history = False

    source = models.CharField(max_length=40, editable=False)
    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    fields = models.JSONField(_("fields"), default=list)
    mapping = models.JSONField(_("mapping"), default=dict)
    used_at = models.DateTimeField(_("used"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("mapping of an import")
        verbose_name_plural = _("mappings of imports")
        ordering: ClassVar[list[str]] = ["-used_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "owner", "name"], name="import_mapping_once")
        ]

    def __str__(self) -> str:
        return self.name


class LayerRefresh(models.Model):
    """Where a layer is brought up to date from by itself, how often, and what came of the last time.

    `place` is an address, or a file or folder below the folder that the site names (`REFRESH_DIR`). The rows are read
    as the last import of the layer read them. `hour` is of the site's time zone, and means nothing every hour. `digest`
    is that of the files that were looked at last, `etag` and `modified` what their server said of them: files that
    are the same are left alone.
    """

    security = "owner"
    history = False

    class Kind(models.TextChoices):
        FOLDER = "folder", _("A folder of this site")
        ADDRESS = "address", _("An address")

    class Period(models.TextChoices):
        HOUR = "hour", _("Every hour")
        DAY = "day", _("Every day")
        WEEK = "week", _("Every Monday")
        MONTH = "month", _("On the first of the month")

    class State(models.TextChoices):
        WAITING = "waiting", _("Not yet done")
        APPLIED = "applied", _("Brought up to date")
        UNCHANGED = "unchanged", _("Nothing new")
        REFUSED = "refused", pgettext_lazy("refresh", "Refused")

    layer = models.OneToOneField(Layer, models.CASCADE, related_name="refresh", verbose_name=_("layer"))
    owner = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    kind = models.CharField(_("from"), max_length=7, choices=Kind)
    place = models.CharField(_("place"), max_length=2000)
    source_layer = models.CharField(_("layer of the file"), max_length=200, blank=True)
    mode = models.CharField(_("what becomes of the layer"), max_length=11)
    period = models.CharField(_("how often"), max_length=5, choices=Period)
    hour = models.PositiveSmallIntegerField(_("hour"), default=4)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    next_at = models.DateTimeField(_("next time"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("last time"), null=True)
    last_import = models.ForeignKey(FileImport, models.SET_NULL, null=True, related_name="+", editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    modified = models.CharField(max_length=100, blank=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("refreshing of a layer")
        verbose_name_plural = _("refreshing of layers")
        indexes: ClassVar = [models.Index(fields=["next_at"], name="layer_refresh_next")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="layer_refresh_hour"),
            models.CheckConstraint(
                condition=models.Q(mode__in=["replace", "synchronise", "attributes"]), name="layer_refresh_mode"
            ),
        ]

    def __str__(self) -> str:
        return str(self.layer)
