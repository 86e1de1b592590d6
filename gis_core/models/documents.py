"""Documents that files of desks hold, and how long they are kept."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from gis_core.models.organisations import Member
from gis_core.models.people import User


class AttachedDocument(models.Model):
    """A document of an administrative file, kept on the disk by its `name` (`gis_core.desk.documents`).

    What is `active` holds scripts or files of its own, or is not looked into: it is saved, never opened in the browser.
    """

    name = models.UUIDField(default=uuid4, unique=True)
    title = models.CharField(_("title"), max_length=120)
    media_type = models.CharField(max_length=80)
    active = models.BooleanField(default=False)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # Taken out of the file, and kept: by whom and why (nobody: the night's task). Still read by who opened it before.
    removed_at = models.DateTimeField(_("removed on"), null=True)
    removed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("removed by"))
    removed_reason = models.CharField(_("why it was removed"), max_length=300, default="")
    # Nobody opens it any more: it says who applied, which was forgotten.
    closed = models.BooleanField(default=False)
    # Its content is no longer there, with the visa of the Archives départementales (Code du patrimoine, L.212-2).
    erased_at = models.DateTimeField(_("erased on"), null=True)
    erased_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("erased by"))
    visa_number = models.CharField(_("number of the visa"), max_length=60, default="")
    visa_date = models.DateField(_("date of the visa"), null=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(removed_at=None) | ~models.Q(removed_reason=""),
                name="removed_%(class)s_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | (models.Q(removed_at__isnull=False, visa_date__isnull=False) & ~models.Q(visa_number="")),
                name="erased_%(class)s_has_a_visa",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RetentionTime(models.Model):
    """How long a member keeps the documents of one kind of file after its end: no text gives it, an agreement does.

    `source` names the table of retention times (DUA) that the member has agreed on with its Archives départementales.
    """

    security = "edited"

    class Kind(models.TextChoices):
        PERMIT = "permit", _("Planning applications")
        ROAD_REQUEST = "road_request", _("Requests and orders of road works")

    member = models.ForeignKey(Member, models.CASCADE, related_name="retention_times", verbose_name=_("member"))
    kind = models.CharField(_("kind of file"), max_length=12, choices=Kind)
    years = models.PositiveSmallIntegerField(
        _("years after the end of the file"), validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    source = models.CharField(
        _("source"), max_length=300, help_text=_("The table agreed with the Archives départementales, and its date.")
    )

    class Meta:
        verbose_name = _("retention time of documents")
        verbose_name_plural = _("retention times of documents")
        ordering: ClassVar[list[str]] = ["member", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "kind"], name="retention_time_once"),
            models.CheckConstraint(
                condition=models.Q(years__gte=1, years__lte=200) & ~models.Q(source=""),
                name="retention_time_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
