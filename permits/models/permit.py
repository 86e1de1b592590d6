"""Planning applications and what happens to them.

`insee`, `idus` and geometries (EPSG:2154) say where; `owner` is the member that instructs. Columns that follow from
events (`state` to `next_what`) are written by `services.reading.refresh` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, reduce
from operator import or_
from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import F, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member, User, web_mercator
from layers.parcels.models import FrozenSheet
from permits.fields import Folded
from permits.numbers import Number, format_number
from permits.procedure import OPEN, PUBLISHED, SilenceRefuses, State, What, describe_state


def in_states(states: Iterable[str]) -> Q:
    """The condition of an index on files in these states, as PostgreSQL dumps and restores it word for word."""
    return reduce(or_, (Q(state=state) for state in states))


class PermitQuerySet(models.QuerySet["Permit"]):
    def visible_to(self, rights: Rights) -> PermitQuerySet:
        """Files of the asker's members; for a town hall those of its communes; every file for the agency."""
        if rights.agency:
            return self
        town = Q(owner_id__in=rights.town_halls(), insee__in=list(rights.town_insee))
        return self.filter(Q(owner_id__in=rights.members()) | town)

    def open(self) -> PermitQuerySet:
        """Those whose clock runs."""
        return self.filter(state__in=OPEN)


class Permit(models.Model):
    """One application: `number` is its national number without spaces, `parent` what it modifies or transfers.

    `plan_date` is the vintage of the cadastral plan that `geom` was taken from; parcels that it did not have are in
    `idus` alone. `next_date` is the next day on which something is due, `next_what` what: `notify_by` (a longer delay
    or missing pieces), `answer_by` (pieces), `due` (the decision). `after_date` is the next last day of a file that is
    decided, `after_what` what ends on it (`deadlines.following.LastDay`).
    """

    security = "filed"

    class Kind(models.TextChoices):
        DP = "DP", _("Prior declaration (DP)")
        PCMI = "PCMI", _("Building permit, single house (PCMI)")
        PC = "PC", _("Building permit (PC)")
        PA = "PA", _("Development permit (PA)")
        PD = "PD", _("Demolition permit (PD)")
        CUA = "CUa", _("Planning certificate, information (CUa)")
        CUB = "CUb", _("Planning certificate, operational (CUb)")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="permits", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    insee = models.CharField(_("INSEE code"), max_length=5)
    number = models.CharField(_("number"), max_length=18, unique=True)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="changes", verbose_name=_("changes"))
    filed_date = models.DateField(_("filed on"))
    description = models.TextField(_("works"), blank=True)
    address = models.CharField(_("address of the ground"), max_length=200, blank=True)
    idus = ArrayField(models.CharField(max_length=14), default=list, blank=True, verbose_name=_("parcels"))
    silence_refuses = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("why silence refuses (R.424-2)")
    )
    instructor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("instructor")
    )
    sheet = models.ForeignKey(
        FrozenSheet, models.PROTECT, null=True, related_name="+", verbose_name=_("frozen parcel sheet")
    )
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"), default=current_instant, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED)
    tacit = models.BooleanField(_("tacit"), default=False)
    complete_date = models.DateField(_("complete on"), null=True)
    notify_by_date = models.DateField(_("notices until"), null=True)
    answer_by_date = models.DateField(_("pieces until"), null=True)
    due_date = models.DateField(_("decision until"), null=True)
    ended_date = models.DateField(_("ended on"), null=True)
    valid_until_date = models.DateField(_("valid until"), null=True)
    next_date = models.DateField(_("next deadline"), null=True)
    next_what = models.CharField(max_length=10, blank=True)
    after_date = models.DateField(_("next last day after the decision"), null=True)
    after_what = models.CharField(max_length=14, blank=True, db_default="")
    plan_date = models.DateField(null=True)
    geom = models.MultiPolygonField(srid=2154, null=True)
    geom_3857 = web_mercator(models.MultiPolygonField)
    folded_text = models.GeneratedField(
        expression=Folded("description", "address", Substr("number", 11)),
        output_field=models.TextField(),
        db_persist=True,
    )
    version = models.IntegerField(default=1, editable=False)

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = _("planning application")
        verbose_name_plural = _("planning applications")
        ordering: ClassVar[list[str]] = ["-filed_date", "-id"]
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="permit_geom_3857"),
            GinIndex(fields=["idus"], name="permit_idus"),
            models.Index(fields=["owner", "-filed_date", "-id"], name="permit_of_member"),
            models.Index(fields=["insee", "-filed_date"], name="permit_of_commune"),
            models.Index(fields=["owner", "next_date"], name="permit_open", condition=in_states(OPEN)),
            models.Index(fields=["instructor", "next_date"], name="permit_instructor"),
            models.Index(fields=["-filed_date", "-id"], name="permit_filed"),
            models.Index(fields=["-ended_date", "-id"], name="permit_decided", condition=in_states(PUBLISHED)),
            GinIndex(OpClass(F("folded_text"), name="gin_trgm_ops"), name="permit_words"),
            models.Index(fields=["kind", "state", "-filed_date", "-id"], name="permit_of_kind"),
            models.Index(fields=["valid_until_date"], name="permit_validity", condition=Q(state="granted")),
            models.Index(fields=["after_date"], name="permit_after", condition=Q(after_date__isnull=False)),
        ]

    def __str__(self) -> str:
        return format_number(self.number)

    @cached_property
    def commune_label(self) -> str:
        """The name of its commune, the INSEE code where it is not known; `permit_seen_by` reads it with the file."""
        name: str | None = getattr(self, "commune_name", None)
        return name or Commune.objects.filter(insee=self.insee).values_list("name", flat=True).first() or self.insee

    @property
    def change_label(self) -> str:
        """What it is to its parent: “Transfer of PC 045 234 26 A0001”; empty for a file of its own."""
        if self.parent is None:
            return ""
        transfers = Number.parse(self.number).change == "T"
        template = gettext("Transfer of %(number)s") if transfers else gettext("Modification of %(number)s")
        return template % {"number": self.parent}

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """The state in words: a certificate is feasible or not, never granted."""
        return describe_state(self.kind, self.state)

    @property
    def refusing_cases(self) -> list[str]:
        """Why silence is a refusal, in words."""
        labels = dict(SilenceRefuses.choices)
        return [str(labels.get(case, case)) for case in self.silence_refuses]


class EventQuerySet(models.QuerySet["Event"]):
    def current(self) -> EventQuerySet:
        """Those that were not struck out."""
        return self.filter(struck_at=None)


class Event(models.Model):
    """Something that happened on `on_date`, recorded once for all; a mistake is struck out, with its reason.

    `detail` holds what the kind of event needs (`services.recording`).
    """

    security = "part:permit_id:filed"
    history = False

    permit = models.ForeignKey(
        Permit, models.CASCADE, related_name="events", verbose_name=pgettext_lazy("permit", "file")
    )
    what = models.CharField(_("event"), max_length=16, choices=What)
    on_date = models.DateField(_("counts on"))
    detail = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    struck_at = models.DateTimeField(_("struck out"), null=True)
    struck_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("struck out by"))
    struck_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar[list[str]] = ["on_date", "id"]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.on_date}"


class Figures(models.Model):
    """What the form (Cerfa) says of a file in figures: areas in m², a height, dwellings, destinations (R.151-28).

    The floor area after the works is that before them, with what is created and without what is removed. `height_m` is
    the greatest above the natural ground, by the form or by the plans that came with it.
    """

    security = "part:permit_id:filed"

    permit = models.OneToOneField(
        Permit, models.CASCADE, related_name="figures", verbose_name=pgettext_lazy("permit", "file")
    )
    floor_before_m2 = models.DecimalField(_("floor area before the works"), max_digits=9, decimal_places=2, null=True)
    floor_created_m2 = models.DecimalField(_("floor area created"), max_digits=9, decimal_places=2, null=True)
    floor_removed_m2 = models.DecimalField(_("floor area removed"), max_digits=9, decimal_places=2, null=True)
    floor_after_m2 = models.DecimalField(_("floor area after the works"), max_digits=9, decimal_places=2, null=True)
    emprise_created_m2 = models.DecimalField(_("emprise created"), max_digits=9, decimal_places=2, null=True)
    height_m = models.DecimalField(_("greatest height"), max_digits=5, decimal_places=2, null=True)
    dwellings = models.PositiveIntegerField(_("dwellings created"), null=True)
    destinations = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("destinations after the works")
    )
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("figures of a file")
        verbose_name_plural = _("figures of files")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(floor_after_m2=F("floor_before_m2") + F("floor_created_m2") - F("floor_removed_m2")),
                name="floor_areas_add_up",
            )
        ]

    def __str__(self) -> str:
        return str(self.permit_id)
