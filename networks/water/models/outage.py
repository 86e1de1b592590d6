"""Outages: what was shut, who had no water, what was done when and by whom."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.owned import MembersQuerySet
from gis_core.models import Member, User

ONCE = ["found", "repaired", "back"]
"""Kinds of lines of which an outage has one that counts."""
OF_VALVES = ["closed", "opened", "broken", "buried", "working"]
OFTEN = ["reopened", "handed"]


class OutageQuerySet(MembersQuerySet["Outage"]):
    """Outages, seen by the members that own them."""


class Outage(models.Model):
    """Drinking water shut off around broken pipes: what was asked, and the answer as it was then.

    `place` and the counts are told in lists without opening the answer. `started_at` and `ended_at` follow its journal
    (`OutageEntry`). `pipes` are the ids of the broken ones. A duplicate is struck out, and stays to be seen; it leads
    to the one that is kept (`duplicate_of`). `version` and history are the platform's.
    """

    security = "owner"

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        ENDED = "ended", _("Over")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.OPEN)
    place = models.CharField(_("place"), max_length=200, blank=True)
    question = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    answer = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    valves = models.IntegerField(_("valves to close"))
    connections = models.IntegerField(_("connections without water"))
    comment = models.TextField(_("remark"), blank=True, max_length=2000)
    started_at = models.DateTimeField(_("since"))
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    ended_at = models.DateTimeField(_("until"), null=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("ended by"))
    cause = models.CharField(_("cause"), max_length=12, blank=True, default="", db_default="")
    pipes = ArrayField(models.BigIntegerField(), db_default=[], default=list, blank=True, editable=False)
    in_charge = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("in charge"))
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)
    struck_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("struck out by"))
    strike_reason = models.CharField(_("why"), max_length=300, blank=True, default="", db_default="")
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="duplicates")

    objects = OutageQuerySet.as_manager()

    class Meta:
        db_table = "water_outage"
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering: ClassVar[list[str]] = ["-started_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-started_at"], name="water_outage_latest"),
            GinIndex(fields=["pipes"], name="water_outage_pipes"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | Q(state="ended", ended_at__isnull=False),
                name="water_outage_ended",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None) | ~Q(strike_reason=""), name="water_outage_struck_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.place or f"{self._meta.verbose_name} {self.pk}"


class OutageEntry(models.Model):
    """One line of the journal of an outage: `kind` happened at `at`, to a valve (the id of its node) if it is of one.

    It outlives the valve, whose reference it keeps. Nothing of a line is changed: whoever corrects one strikes it out
    and records another, which says what it `replaces`.
    """

    security = "part:outage_id"

    class Kind(models.TextChoices):
        DISCOVERED = "found", _("Break found")
        CLOSED = "closed", _("Valve closed")
        REPAIRED = "repaired", _("Pipe repaired")
        OPENED = "opened", _("Valve opened again")
        WATER_BACK = "back", _("Water back")
        REOPENED = "reopened", _("Outage reopened")
        HANDED_OVER = "handed", _("Handed over to the next shift")
        STUCK = "broken", _("Valve stuck or broken")
        BURIED = "buried", _("Valve buried, not found")
        WORKING = "working", _("Valve works again")

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="entries", verbose_name=_("outage"))
    version = models.IntegerField(default=1, db_default=1, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    at = models.DateTimeField(_("at"))
    valve = models.BigIntegerField(_("valve"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=254, blank=True)
    turns = models.PositiveSmallIntegerField(_("turns"), null=True, blank=True)
    note = models.CharField(_("remark"), max_length=2000, blank=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"), default=current_instant, editable=False)
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)
    struck_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("struck out by"))
    strike_reason = models.CharField(_("why"), max_length=300, blank=True)
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", verbose_name=_("replaces"))

    class Meta:
        db_table = "water_outage_entry"
        verbose_name = _("line of the journal of an outage")
        verbose_name_plural = _("lines of the journals of outages")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["valve", "-at"], name="outage_entry_valve_last")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[*ONCE, *OF_VALVES, *OFTEN]), name="outage_entry_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_VALVES, valve__isnull=False) | (~Q(kind__in=OF_VALVES) & Q(valve=None)),
                name="outage_entry_of_a_valve",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None) | ~Q(strike_reason=""), name="outage_entry_struck_for_a_reason"
            ),
            models.UniqueConstraint(
                fields=["outage", "kind"],
                condition=Q(struck_at=None) & (Q(kind="found") | Q(kind="repaired") | Q(kind="back")),
                name="outage_entry_once",
            ),
            models.UniqueConstraint(
                fields=["outage", "valve", "kind"],
                condition=Q(struck_at=None) & (Q(kind="closed") | Q(kind="opened")),
                name="outage_entry_once_a_valve",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}".strip()


class OutagePhoto(models.Model):
    """A photo of an outage: a JPEG of ours under `<files>/outages/<outage>/`, with a smaller one beside it.

    A removed one is shown no more, and kept.
    """

    security = "part:outage_id"

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="photos", verbose_name=_("outage"))
    version = models.IntegerField(default=1, db_default=1, editable=False)
    name = models.UUIDField(default=uuid4, unique=True)
    title = models.CharField(_("title"), max_length=120)
    taken_at = models.DateTimeField(_("taken on"), null=True)
    size_bytes = models.PositiveIntegerField()
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added on"), default=current_instant, editable=False)
    removed_at = models.DateTimeField(_("removed on"), null=True)
    removed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("removed by"))

    class Meta:
        db_table = "water_outage_photo"
        verbose_name = _("photo of an outage")
        verbose_name_plural = _("photos of outages")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.title
