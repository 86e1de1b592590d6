"""What a member chooses for its files, its teams, who asks, and who is reminded."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.members.rights import Role
from gis_core.models import Member, User
from permits.models.permit import Permit


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
    `act_pattern` says how its acts are numbered (`permits.acts.numbering`), empty: with its letters.
    """

    security = "edited"

    member = models.OneToOneField(Member, models.CASCADE, related_name="permit_settings", verbose_name=_("member"))
    series = models.CharField(_("series"), max_length=1, default="0", validators=[RegexValidator("^[A-Z0-9]$")])
    applicant_roles = ArrayField(models.CharField(max_length=24, choices=Role), verbose_name=_("who reads applicants"))
    applicant_years = models.PositiveSmallIntegerField(_("years that applicants are kept"), default=10)
    public_register = models.BooleanField(_("public register of decisions"), default=True)
    act_pattern = models.CharField(_("numbers of acts"), max_length=60, blank=True, db_default="")

    class Meta:
        verbose_name = _("settings of planning applications")
        verbose_name_plural = _("settings of planning applications")

    def __str__(self) -> str:
        return str(self.member)


class Applicant(models.Model):
    """Who asks, and who acts for them: personal data.

    Nobody reads the table; `arpent.read_applicants` does, and writes it in the journal.
    """

    security = "system"

    permit = models.OneToOneField(
        Permit, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("permit", "file")
    )
    name = models.CharField(_("name"), max_length=200)
    address = models.TextField(_("address"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    siret = models.CharField("SIRET", max_length=14, db_default="")
    agent = models.CharField(_("representative"), max_length=200, db_default="")
    architect = models.CharField(_("architect"), max_length=200, db_default="")
    architect_number = models.CharField(_("number at the order of architects"), max_length=40, db_default="")
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
