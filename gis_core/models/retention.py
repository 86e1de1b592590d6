"""What the agency chose of how long data are kept, with the day from which it counts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.models.people import User


class RetentionChoice(models.Model):
    """How many days one kind of data (`gis_core.ownership.retention`) is kept from `starts_date` on, and by what.

    Choices are added and never changed: the last one that has started counts. Where `applies`, the night erases.
    """

    security = "edited"

    kind = models.CharField(_("kind of data"), max_length=40)
    days = models.PositiveIntegerField(_("days"), validators=[MinValueValidator(1), MaxValueValidator(36_500)])
    applies = models.BooleanField(_("erased every night"))
    source = models.CharField(_("text, or reason"), max_length=300)
    starts_date = models.DateField(_("from"))
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)

    class Meta:
        verbose_name = _("choice of a retention time")
        verbose_name_plural = _("choices of retention times")
        ordering: ClassVar[list[str]] = ["kind", "starts_date", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=36_500) & ~models.Q(source=""),
                name="retention_choice_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.days}"
