"""Planning applications, what happens to them, and who asks for them.

`insee`, `idus` and geometries (EPSG:2154) say where; `owner` is the member that instructs. Columns that follow from
events (`state` to `next_what`) are written by `services.reading.refresh` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.core.validators import RegexValidator
from django.db.models import F, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.members.rights import Rights, Role
from gis_core.models import AttachedDocument, Member, User, web_mercator
from layers.parcels.models import FrozenSheet
from permits.acts.models import Authority as Authority
from permits.acts.models import MemberNote as MemberNote
from permits.acts.models import Signatory as Signatory
from permits.deadlines.events import Opinion
from permits.fields import Folded
from permits.numbers import format_number
from permits.procedure import OPEN, PUBLISHED, SilenceRefuses, State, What


def in_states(states: Iterable[str]) -> Q:
    """The condition of an index on files in these states, as PostgreSQL dumps and restores it word for word."""
    return reduce(or_, (Q(state=state) for state in states))


class Team(models.Model):
    """People of a member who share their files."""

    security = "edited"

    member = models.ForeignKey(Member, models.CASCADE, related_name="permit_teams", verbose_name=_("member"))
    name = models.CharField(_("name"), max_length=80)
    people = models.ManyToManyField(User, related_name="permit_teams", blank=True, verbose_name=_("people"))

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "name"], name="permit_team_once")]

    def __str__(self) -> str:
        return self.name


class Settings(models.Model):
    """What a member chooses for its files.

    `series` is the first character of the sequences that it numbers, `applicant_roles` who reads applicants, who are
    forgotten `applicant_years` after the end of their file. `public_register` shows its decisions to everybody.
    """

    security = "edited"

    member = models.OneToOneField(Member, models.CASCADE, related_name="permit_settings", verbose_name=_("member"))
    series = models.CharField(_("series"), max_length=1, default="0", validators=[RegexValidator("^[A-Z0-9]$")])
    applicant_roles = ArrayField(models.CharField(max_length=24, choices=Role), verbose_name=_("who reads applicants"))
    applicant_years = models.PositiveSmallIntegerField(_("years that applicants are kept"), default=10)
    public_register = models.BooleanField(_("public register of decisions"), default=True)

    class Meta:
        verbose_name = _("settings of planning applications")
        verbose_name_plural = _("settings of planning applications")

    def __str__(self) -> str:
        return str(self.member)


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
    or missing pieces), `answer_by` (pieces), `due` (the decision).
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
        ]

    def __str__(self) -> str:
        return format_number(self.number)

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


class Applicant(models.Model):
    """Who asks: personal data. Nobody reads the table; `arpent.read_applicants` does, and writes it in the journal."""

    security = "system"

    permit = models.OneToOneField(
        Permit, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("permit", "file")
    )
    name = models.CharField(_("name"), max_length=200)
    address = models.TextField(_("address"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    search_text = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        indexes: ClassVar = [GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="applicant_search")]

    def __str__(self) -> str:
        return str(self.permit_id)


class ApplicantReading(models.Model):
    """A line of the journal: who read or wrote whose file's applicant, and why. Only a function writes it.

    No foreign keys: it outlives what it speaks of.
    """

    security = "journal"
    history = False

    class Action(models.TextChoices):
        READ = "read", _("Read")
        EDITED = "written", _("Written")
        EXPORTED = "exported", _("Exported")
        FORGOTTEN = "forgotten", _("Forgotten")

    at = models.DateTimeField(_("date"))
    by_user = models.IntegerField()
    by_name = models.CharField(_("person"), max_length=310)
    action = models.CharField(_("action"), max_length=9, choices=Action)
    members = ArrayField(models.IntegerField())
    numbers = ArrayField(models.CharField(max_length=18), verbose_name=_("files"))
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of the journal of applicants")
        verbose_name_plural = _("journal of applicants")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar = [GinIndex(fields=["numbers"], name="applicant_reading_numbers")]

    def __str__(self) -> str:
        return f"{self.at} {self.by_name}"


class Piece(AttachedDocument):
    """A file that was attached to an application, kept under `<files>/permits/`."""

    security = "part:permit_id:filed"

    class Kind(models.TextChoices):
        FORM = "form", _("Form (Cerfa)")
        PLAN = "plan", _("Plan or drawing")
        PHOTO = "photo", _("Photo")
        OPINION = "opinion", _("Opinion")
        DECISION = "decision", _("Decision")
        OTHER = "other", _("Other piece")

    permit = models.ForeignKey(
        Permit, models.CASCADE, related_name="documents", verbose_name=pgettext_lazy("permit", "file")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OTHER)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta(AttachedDocument.Meta):
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")
        ordering: ClassVar[list[str]] = ["id"]


class Consultation(models.Model):
    """An opinion that was asked for: of whom, why (`reason`, what crosses the parcels), until when, and the answer.

    Without an answer on `due_date` the opinion is what `silence` says; `article` gives the delay, which runs from
    `received_date`, or from `requested_date` while the receipt is not known.
    """

    security = "part:permit_id:filed"

    class Body(models.TextChoices):
        ABF = "abf", _("Architect of French buildings (ABF)")
        SDIS = "sdis", _("Fire service (SDIS)")
        WATER = "water", _("Water and sewer networks")
        ELECTRICITY = "electricity", _("Electricity network")
        ROADS = "roads", _("Road manager")
        PREFECTURE = "prefecture", _("State services")
        TOWN_HALL = "town_hall", _("Mayor")
        OTHER = "other", _("Other body")

    permit = models.ForeignKey(
        Permit, models.CASCADE, related_name="consultations", verbose_name=pgettext_lazy("permit", "file")
    )
    body = models.CharField(_("body"), max_length=12, choices=Body)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    reason = models.JSONField(default=list, blank=True)
    requested_date = models.DateField(_("asked on"))
    received_date = models.DateField(_("received by the body on"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("sent by mail"), null=True, editable=False)
    months = models.PositiveSmallIntegerField(_("months to answer"))
    article = models.CharField(_("article"), max_length=60, blank=True)
    uncertain = models.BooleanField(default=False)
    due_date = models.DateField(_("answer until"))
    silence = models.CharField(
        _("without an answer"), max_length=18, choices=[(one.value, one.value) for one in Opinion], blank=True
    )
    answered_date = models.DateField(_("answered on"), null=True, blank=True)
    opinion = models.CharField(
        _("opinion"), max_length=18, choices=[(one.value, one.value) for one in Opinion], blank=True
    )
    text = models.TextField(_("text of the opinion"), blank=True)
    prescriptions = models.JSONField(_("prescriptions"), default=list, blank=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering: ClassVar[list[str]] = ["requested_date", "id"]
        indexes: ClassVar = [
            models.Index(fields=["due_date"], name="consultation_waiting", condition=Q(answered_date=None))
        ]

    def __str__(self) -> str:
        return f"{self.get_body_display()} {self.requested_date}"


class Reminder(models.Model):
    """How a person is reminded: the daily digest by mail, and a private calendar feed behind a secret address."""

    security = "open"

    user = models.OneToOneField(User, models.CASCADE, related_name="permit_reminder", verbose_name=_("person"))
    by_mail = models.BooleanField(_("daily digest by mail"), default=True)
    sent_date = models.DateField(null=True, editable=False)
    feed_digest = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    feed_made_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("reminders of a person")
        verbose_name_plural = _("reminders of persons")

    def __str__(self) -> str:
        return str(self.user_id)
