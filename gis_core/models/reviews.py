"""The review of rights: once a year somebody says of each person of a member whether they keep their role."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.members.rights import Role
from gis_core.models.organisations import Member
from gis_core.models.people import User


class RightsReview(models.Model):
    """A review of a member's people, open until `last_date`; `ends_others`: whom nobody confirmed leaves then.

    PostgreSQL refuses to change or remove a final one (`refuse_final.sql`): it keeps its record, a PDF file, and the
    SHA-256 of it. `started_by` is None where it began by itself on the member's `review_date`.
    """

    security = "owner"
    history = False

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        FINAL = "final", pgettext_lazy("review", "Closed")

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.OPEN)
    started_at = models.DateTimeField(_("started on"), default=current_instant, editable=False)
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by"))
    last_date = models.DateField(_("last day"))
    ends_others = models.BooleanField(_("whoever is not confirmed leaves"), default=False)
    # The last day on which administrators were reminded.
    reminded_date = models.DateField(null=True, editable=False)
    closed_at = models.DateTimeField(pgettext_lazy("review", "closed on"), null=True)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=pgettext_lazy("review", "closed by")
    )
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("review of rights")
        verbose_name_plural = _("reviews of rights")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner"], condition=models.Q(state="open"), name="review_open_once"),
            models.CheckConstraint(
                condition=models.Q(state="open")
                | models.Q(state="final", pdf__isnull=False, closed_at__isnull=False, sha256__regex="^[0-9a-f]{64}$"),
                name="review_final_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.last_date}"


class ReviewedPerson(models.Model):
    """One person of a review, as they were when it began, and what somebody said of them.

    `membership` is the number of the membership, which may have ended since.
    """

    security = "part:review_id"
    history = False

    class Answer(models.TextChoices):
        NONE = "", _("Not confirmed")
        KEPT = "kept", _("Keeps the role")
        CHANGED = "changed", _("Another role")
        ENDED = "ended", _("Leaves")

    review = models.ForeignKey(RightsReview, models.CASCADE, related_name="people", verbose_name=_("review"))
    membership = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=310)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    role = models.CharField(_("role"), max_length=24, choices=Role)
    communes = models.TextField(_("communes"), blank=True)
    last_login = models.DateTimeField(_("last sign-in"), null=True)
    answer = models.CharField(_("answer"), max_length=7, choices=Answer, default=Answer.NONE, blank=True)
    new_role = models.CharField(_("new role"), max_length=24, choices=Role, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered on"), null=True)
    # What came of it, where it could not be done or was done at the end of the review.
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("person of a review")
        verbose_name_plural = _("people of reviews")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "membership"], name="reviewed_once"),
        ]

    def __str__(self) -> str:
        return self.name
