"""Works and events that take a stretch of road for some days. EPSG:2154."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.members.rights import Rights
from gis_core.models import Member, web_mercator
from networks.roadworks.french import between

LONGEST_PLACE: Final = 200


class WorkQuerySet(models.QuerySet["Work"]):
    def visible_to(self, rights: Rights) -> WorkQuerySet:
        """Announced works, and those of the asker's members; every one for the agency."""
        return self if rights.agency else self.filter(Q(announced=True) | Q(owner_id__in=rights.members()))


class Work(models.Model):
    """Works or an event on a stretch of road, from a day to a day (both included), and what traffic meets there.

    A draft is known to its member alone; once planned it is announced: everybody sees it. Nothing here names a person:
    who asked is in the request for it. `outage_id` is the outage of water that it began from. Works that leave a new
    surface say so (`new_surface`): digging it up soon after is a conflict. Where one direction is closed, `closed_way`
    is which, along the stretch. The database numbers works ("2026-0042") and says in which commune their middle lies,
    where the closed direction heads, in degrees from the north, and when they last changed (`arpent.number_work`).
    Works that were placed between two references (PR) keep them until their stretch is drawn anew.
    """

    security = "announced"

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("works", "Draft")
        PLANNED = "planned", pgettext_lazy("works", "Planned")
        CANCELLED = "cancelled", pgettext_lazy("works", "Cancelled")

    class Kind(models.TextChoices):
        ROAD = "road", _("Works on the road")
        WATER = "water", _("Works on drinking water")
        SEWER = "sewer", _("Works on sewers")
        NETWORK = "network", _("Works on another network")
        BUILDING = "building", _("Works on a building")
        EVENT = "event", _("Event")

    class Measure(models.TextChoices):
        CLOSED = "closed", _("Road closed")
        ONE_WAY = "one_way", _("One direction closed")
        ALTERNATE = "alternate", _("Alternating traffic")
        NARROWED = "narrowed", _("Lane narrowed")
        NONE = "none", _("Traffic goes on")

    class Way(models.TextChoices):
        FORWARD = "forward", _("From the beginning to the end of the stretch")
        BACKWARD = "backward", _("From the end to the beginning of the stretch")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    version = models.IntegerField(default=1, db_default=1, editable=False)
    import_id = models.BigIntegerField(null=True, editable=False)
    reference = models.CharField(_("reference"), max_length=30, null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, db_default=State.DRAFT)
    announced = models.GeneratedField(
        expression=ExpressionWrapper(~Q(state="draft"), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ROAD, db_default=Kind.ROAD)
    title = models.CharField(_("title"), max_length=120)
    description = models.CharField(_("what is told to everybody"), max_length=1000, null=True, blank=True)
    place = models.CharField(_("place"), max_length=LONGEST_PLACE, null=True, blank=True)
    start_reference = models.CharField(_("from (PR)"), max_length=60, null=True, blank=True)
    end_reference = models.CharField(_("to (PR)"), max_length=60, null=True, blank=True)
    insee = models.CharField(_("commune"), max_length=5, null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    hours = models.CharField(_("hours"), max_length=60, null=True, blank=True)
    measure = models.CharField(
        _("traffic"), max_length=9, choices=Measure, default=Measure.NONE, db_default=Measure.NONE
    )
    closed_way = models.CharField(_("closed direction"), max_length=8, choices=Way, null=True, blank=True)
    closed_bearing = models.SmallIntegerField(null=True, editable=False)
    speed_kmh = models.SmallIntegerField(_("speed limit"), null=True, blank=True)
    no_parking = models.BooleanField(_("no parking"), default=False, db_default=False)
    no_overtaking = models.BooleanField(_("no overtaking"), default=False, db_default=False)
    new_surface = models.BooleanField(_("new surface"), default=False, db_default=False)
    outage_id = models.BigIntegerField(null=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)
    comment = models.CharField(_("remark"), max_length=1000, null=True, blank=True)
    geom = models.MultiLineStringField(srid=2154)
    geom_3857 = web_mercator(models.MultiLineStringField)

    objects = WorkQuerySet.as_manager()

    class Meta:
        db_table = "road_work"
        verbose_name = _("works")
        verbose_name_plural = _("works")
        ordering: ClassVar[list[str]] = ["starts_on", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["ends_on", "starts_on"], name="road_work_days"),
            models.Index(fields=["owner", "-starts_on"], name="road_work_latest"),
            GistIndex(fields=["geom_3857"], name="road_work_3857"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "reference"], name="road_work_reference"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="road_work_days_in_order"),
            models.CheckConstraint(
                condition=Q(starts_on__gte=date(2000, 1, 1), ends_on__lte=date(2100, 12, 31)),
                name="road_work_days_possible",
            ),
            models.CheckConstraint(
                condition=Q(speed_kmh=None) | Q(speed_kmh__gte=5, speed_kmh__lte=130), name="road_work_speed_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def located(self) -> str:
        """The place, with the references of the works unless it says them."""
        place, references = self.place or "", between(self.start_reference or "", self.end_reference or "")
        if not references or references in place:
            return place
        return f"{place[: LONGEST_PLACE - len(references) - 3]} ({references})" if place else references


class WorkNumber(models.Model):
    """The last number given to works of a member in a year (`arpent.number_work`)."""

    security = "system"

    # Nobody but the function sees these rows: no foreign key, which would have the web role look for them.
    owner = models.ForeignKey(Member, models.DO_NOTHING, related_name="+", db_constraint=False)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "road_work_number"
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "year"], name="road_work_number_once")]
