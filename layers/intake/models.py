"""Imports of files, the mappings that are kept for the next file; files that become layers, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Member, SourceImport, User
from layers.catalogue.models import Layer


class ImportState(models.TextChoices):
    """Where files are on their way in; not every kind of import goes through all of them."""

    READING = "reading", _("Being read")
    CHOOSING = "choosing", _("To be completed")
    READY = "ready", _("Read")
    APPLYING = "applying", _("Being loaded")
    APPLIED = "applied", _("Loaded")
    REVERTING = "reverting", pgettext_lazy("import of files", "Being taken back")
    REVERTED = "reverted", pgettext_lazy("import of files", "Taken back")
    REFUSED = "refused", pgettext_lazy("import", "Refused")


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
    source says of what. Of a private source none of them holds a cell of the files. `source_import` keeps what it
    replaced, where the source can be taken back so (`layers.intake.source_imports`). What has no owner is the agency's.
    Somebody went on with it at `touched_at`.
    """

    security = "owner"
    history = False

    State = ImportState

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
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.READING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    source_import = models.ForeignKey(SourceImport, models.SET_NULL, null=True, related_name="+", editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    touched_at = models.DateTimeField(default=current_instant, editable=False)
    applied_at = models.DateTimeField(_("loaded on"), null=True)
    reverted_at = models.DateTimeField(_("taken back on"), null=True)
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


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def administered_by(self, rights: Rights) -> DeliveryQuerySet:
        """The deliveries that the asker may see and work on: those of the members whose data they administer."""
        return self if rights.agency else self.filter(owner_id__in=rights.administered())


class Delivery(models.Model):
    """Files sent together, in one folder of the inbox, and what the restricted reader found in them.

    `contents` has one entry per data set: `{"file", "companions", "format", "notes", "problem", "layers"}`; `layers`
    are the reader's `LayerInfo` as JSON, each with the `opening` (CRS, encoding, coordinate columns) that somebody
    chose. They are numbered from 1 through all data sets.
    """

    security = "owner"
    history = False

    State = ImportState

    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    folder = models.CharField(max_length=40, unique=True, editable=False)
    files = models.JSONField(default=list, editable=False)
    contents = models.JSONField(default=list, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.READING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    sent_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, verbose_name=_("sent by"))
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivered file")
        verbose_name_plural = _("delivered files")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.title

    def layers(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Every layer that can be read, with the data set that it is in."""
        for data_set in self.contents:
            for layer in data_set["layers"]:
                yield data_set, layer


class ImportQuerySet(models.QuerySet["Import"]):
    def administered_by(self, rights: Rights) -> ImportQuerySet:
        """The imports that the asker may see and work on: those of the members whose data they administer."""
        return self if rights.agency else self.filter(owner_id__in=rights.administered())


class Import(models.Model):
    """One layer of a delivery on its way into the catalogue: what was chosen, what would happen, what happened.

    `choices` is what a person decided (`layers.intake.choices.Choices` as JSON), `plan` what the dry run found,
    `report` what was done; all three keep their words. `table` is the one that it made, `event` its event in the
    history; `former` is what a replaced layer was (its table, its columns), for taking the replacement back.
    """

    security = "owner"
    history = False

    class Mode(models.TextChoices):
        CREATE = "create", _("New layer")
        REPLACE = "replace", _("Replace")
        APPEND = "append", _("Append")
        SYNCHRONISE = "synchronise", _("Synchronise")

    State = ImportState

    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    delivery = models.ForeignKey(
        Delivery, models.SET_NULL, null=True, related_name="imports", verbose_name=_("delivered file")
    )
    number = models.PositiveIntegerField(editable=False)
    table = models.CharField(max_length=63, blank=True, editable=False)
    mode = models.CharField(_("mode"), max_length=11, choices=Mode)
    layer = models.ForeignKey(
        Layer, models.SET_NULL, null=True, blank=True, related_name="imports", verbose_name=_("layer")
    )
    choices = models.JSONField(default=dict, editable=False)
    plan = models.JSONField(null=True, editable=False)
    report = models.JSONField(null=True, editable=False)
    former = models.JSONField(null=True, editable=False)
    event = models.BigIntegerField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.READING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    applied_at = models.DateTimeField(_("applied on"), null=True)
    taken_back_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    taken_back_at = models.DateTimeField(_("taken back on"), null=True)
    version = models.IntegerField(default=1, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.title

    def may_work(self, rights: Rights) -> bool:
        """Whether the asker may apply this import or take it back."""
        return rights.has_role(self.owner_id, ADMINISTRATORS)
