"""Letters: letterheads, templates, numbers, and what was written."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.rights import Rights
from gis_core.models.organisations import Member
from gis_core.models.people import User


class Letterhead(models.Model):
    """What stands around a member's letters: who writes, from where, who signs, and how a decision is appealed."""

    security = "owner"

    owner = models.OneToOneField(Member, models.CASCADE, related_name="letterhead", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    name = models.CharField(_("name at the top"), max_length=150, blank=True)
    address = models.TextField(_("address"), blank=True)
    contact = models.TextField(_("contact"), blank=True)
    place = models.CharField(_("place of the letters"), max_length=80, blank=True)
    signatory = models.TextField(_("signatory"), blank=True)
    appeals = models.TextField(_("how a decision is appealed"), blank=True)
    logo = models.BinaryField(null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")

    def __str__(self) -> str:
        return self.name or str(self.owner)


class LetterTemplate(models.Model):
    """A member's own template of a kind of letter. Each saving adds a row: the latest version is the one in force.

    `is_default` says that from then on the built-in template is in force again.
    """

    security = "owner"
    history = False  # its versions are rows

    owner = models.ForeignKey(Member, models.CASCADE, related_name="letter_templates", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    kind = models.CharField(_("kind of letter"), max_length=40)
    version = models.IntegerField(default=1, editable=False)
    title = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    is_default = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering: ClassVar[list[str]] = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "kind", "version"], name="letter_template_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class LetterCounter(models.Model):
    """The last number given of a member's series in a year. `arpent.next_letter_number` alone writes it."""

    security = "system"
    history = False

    # Nobody reads the table, Django neither when it deletes a member: the letters themselves protect their owner.
    owner = models.ForeignKey(Member, models.DO_NOTHING, related_name="+")
    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "series", "year"], name="letter_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}-{self.last:06d}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, rights: Rights) -> LetterQuerySet:
        """Letters of the user's members; for a town hall those of its communes; every letter for the agency.

        The app whose letters they are may show fewer, in PostgreSQL too: those that name somebody.
        """
        if rights.agency:
            return self
        town = models.Q(owner_id__in=rights.town_halls(), insee__in=list(rights.town_insee))
        return self.filter(models.Q(owner_id__in=rights.members()) | town)

    def about(self, kind: str, key: str) -> LetterQuerySet:
        return self.filter(about_kind=kind, about_key=key)

    def light(self) -> LetterQuerySet:
        """Without their files."""
        return self.defer("pdf", "docx")


class Letter(models.Model):
    """A letter about something (`about_kind`, `about_key`): words that are changed until it is final.

    PostgreSQL refuses to change or remove a final letter (`refuse_final.sql`); it keeps its number, the bytes of its
    files and the SHA-256 of the PDF file. `nominative` letters name somebody whose data are protected: no history of
    their drafts is kept. `begun_with` is what the app that began it wants to know again of what the words came from.
    """

    security = "filed"
    history = False

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        FINAL = "final", _("Final")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="letters", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    insee = models.CharField(_("INSEE code"), max_length=5, blank=True)
    about_kind = models.CharField(max_length=20)
    about_key = models.CharField(max_length=40)
    kind = models.CharField(_("kind of letter"), max_length=40)
    nominative = models.BooleanField(default=False)
    title = models.CharField(_("subject"), max_length=200)
    recipient = models.TextField(_("recipient"), blank=True)
    body = models.TextField(_("text"))
    signatory = models.TextField(_("signatory"), blank=True)
    begun_with = models.JSONField(default=dict, db_default={}, editable=False)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.DRAFT)
    number = models.CharField(_("number"), max_length=30, null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("written by"))
    created_at = models.DateTimeField(_("written on"), default=current_instant, editable=False)
    finalised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("made final by"))
    finalised_at = models.DateTimeField(_("made final on"), null=True)
    pdf = models.BinaryField(null=True)
    docx = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar = [models.Index(fields=["about_kind", "about_key"], name="letter_about")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "number"], name="letter_number_once"),
            models.CheckConstraint(
                condition=models.Q(state="draft", number=None)
                | models.Q(
                    state="final", number__isnull=False, finalised_at__isnull=False, sha256__regex="^[0-9a-f]{64}$"
                )
                & models.Q(pdf__isnull=False, docx__isnull=False),
                name="letter_final_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title
