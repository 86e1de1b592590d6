"""Imports of networks: what was read, what was snapped, the mappings that are kept."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Member, User


class NetworkImportQuerySet(models.QuerySet["NetworkImport"]):
    def worked_on_by(self, rights: Rights) -> NetworkImportQuerySet:
        """The imports of the members whose networks the asker edits."""
        if rights.agency:
            return self
        members = [member for member, role in rights.roles.items() if role in TECHNICIANS]
        return self.filter(owner_id__in=members)


class NetworkImport(models.Model):
    """Files on their way into a member's network: what was chosen, what would happen, what happened.

    `options` is what people chose, `contents` what the layers of the files hold, `plan` what the last reading found,
    `faults` each row that is told of, `report` what was done. Rows that came in have `base_version`; those that have
    another one were changed since.
    """

    security = "owner"
    history = False

    class Format(models.TextChoices):
        RAEPA = "raepa", "RAEPA"
        EPANET = "epanet", "EPANET"
        LAYERS = "layers", _("Layers of files")

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        CHOOSING = "choosing", _("To be completed")
        READY = "ready", _("Read")
        REFUSED = "refused", pgettext_lazy("import", "Refused")
        LOADING = "loading", _("Being loaded")
        LOADED = "loaded", _("Loaded")
        UNDOING = "undoing", _("Snapping being undone")
        TAKING_BACK = "taking_back", _("Being taken back")
        TAKEN_BACK = "taken_back", _("Taken back")

    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    folder = models.CharField(max_length=40, editable=False)
    files = models.JSONField(default=list, editable=False)
    format = models.CharField(_("format"), max_length=8, choices=Format)
    options = models.JSONField(default=dict, editable=False)
    contents = models.JSONField(default=list, editable=False)
    plan = models.JSONField(null=True, editable=False)
    faults = models.JSONField(default=list, editable=False)
    report = models.JSONField(null=True, editable=False)
    base_version = models.IntegerField(default=1, editable=False)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.READING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    loaded_at = models.DateTimeField(_("loaded on"), null=True)
    undone_at = models.DateTimeField(_("snapping undone on"), null=True)
    taken_back_at = models.DateTimeField(_("taken back on"), null=True)
    version = models.IntegerField(default=1, editable=False)

    objects = NetworkImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a network")
        verbose_name_plural = _("imports of networks")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.title


class Snap(models.Model):
    """An end of a pipe, or a node, that an import put elsewhere; `place` is where the file had it."""

    security = "part:brought_by_id"
    history = False

    brought_by = models.ForeignKey(NetworkImport, models.CASCADE, related_name="snaps")
    family = models.CharField(max_length=5)
    pipe_id = models.BigIntegerField(null=True)
    node_id = models.BigIntegerField(null=True)
    end = models.SmallIntegerField(default=0)
    reference = models.CharField(max_length=254, blank=True)
    place = models.PointField(srid=2154)
    put_at = models.PointField(srid=2154)
    metres = models.FloatField()
    target = models.CharField(max_length=4)
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("snapped end")
        verbose_name_plural = _("snapped ends")

    def __str__(self) -> str:
        return f"{self.reference} {self.metres:.2f} m"


class NetworkMapping(models.Model):
    """How the layers of a member's files become its network (`importers.mapping`); kept for the next file."""

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    layers = models.JSONField(_("layers"), default=dict)
    used_at = models.DateTimeField(_("used"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("mapping of a network")
        verbose_name_plural = _("mappings of networks")
        ordering: ClassVar[list[str]] = ["-used_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="network_mapping_once")]

    def __str__(self) -> str:
        return self.name
