"""Opinions that are asked for, the links by which bodies answer, and what the land proposes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.models import User
from permits.deadlines.events import Opinion
from permits.models.documents import Piece
from permits.models.permit import Permit


class Consultation(models.Model):
    """An opinion that was asked for: of whom, why (`reason`, what crosses the parcels), until when, and the answer.

    Without an answer on `due_date` the opinion is what `silence` says; `article` gives the delay, which runs from
    `received_date`, or from `requested_date` while the receipt is not known. Asked by mail, it is asked on the day on
    which the mail left (`mailed_at`); `mail_error` is why it did not.
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

    class Mail(models.TextChoices):
        NONE = "", _("Not by mail")
        WAITING = "waiting", _("About to leave")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")

    permit = models.ForeignKey(
        Permit, models.CASCADE, related_name="consultations", verbose_name=pgettext_lazy("permit", "file")
    )
    body = models.CharField(_("body"), max_length=12, choices=Body)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    reason = models.JSONField(default=list, blank=True)
    requested_date = models.DateField(_("asked on"))
    received_date = models.DateField(_("received by the body on"), null=True, blank=True)
    mail_state = models.CharField(_("mail"), max_length=8, choices=Mail, default=Mail.NONE, blank=True)
    mail_error = models.CharField(_("why the mail did not leave"), max_length=300, blank=True)
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
    prescriptions = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("prescriptions"))
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


class ProposalReview(models.Model):
    """What an instructor made of something that the land proposes: confirmed, or set aside; the latest one counts.

    `key` names the proposal among those of its file (`services.proposing`); `reasons` keep what crossed the land then,
    with its source and what it shares with it. Nobody changes a review: another one follows it.
    """

    security = "part:permit_id:filed"
    history = False

    class Kind(models.TextChoices):
        LONGER = "longer", _("Longer delay")
        BY_HAND = "by_hand", _("Delay entered by hand")
        SILENCE = "silence", _("Silence that refuses")
        CONSULTATION = "consultation", _("Opinion to ask for")
        REASON = "reason", _("Reason that an act may give")

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        SET_ASIDE = "set_aside", _("Set aside")

    permit = models.ForeignKey(
        Permit, models.CASCADE, related_name="proposal_reviews", verbose_name=pgettext_lazy("permit", "file")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    key = models.CharField(max_length=160)
    title = models.CharField(_("title"), max_length=300)
    reasons = models.JSONField(default=list, blank=True)
    verdict = models.CharField(pgettext_lazy("proposal", "verdict"), max_length=9, choices=Verdict)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(_("reviewed"), default=current_instant, editable=False)

    class Meta:
        verbose_name = _("review of a proposal")
        verbose_name_plural = _("reviews of proposals")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.key} {self.get_verdict_display()}"


class ConsultationLink(models.Model):
    """What lets a consulted body open some pieces and answer without an account, until `expires_date` or `revoked_at`.

    Its address is signed; who has it still types a code that was mailed to `email`. Codes are kept as keyed digests:
    the last one made at `code_at`, tried `code_tries` times, the `codes`-th of that day.
    """

    security = "part:permit_id:filed"

    permit = models.ForeignKey(Permit, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("permit", "file"))
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="links", verbose_name=_("consultation"))
    email = models.EmailField(_("e-mail"))
    piece_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("pieces"))
    expires_date = models.DateField(_("last day"))
    revoked_at = models.DateTimeField(_("closed on"), null=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("closed by"))
    code_digest = models.CharField(max_length=64, blank=True, editable=False)
    code_at = models.DateTimeField(null=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    codes = models.PositiveSmallIntegerField(default=0, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("link of a consultation")
        verbose_name_plural = _("links of consultations")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(revoked_at=None), name="consultation_link_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.email}"


class ConsultationReply(models.Model):
    """What a consulted body answered by its link: received until an instructor takes it over, or sets it aside."""

    security = "part:permit_id:filed"

    class Sense(models.TextChoices):
        FAVOURABLE = "favourable", _("Favourable")
        WITH_PRESCRIPTIONS = "with_prescriptions", _("Favourable with prescriptions")
        UNFAVOURABLE = "unfavourable", _("Unfavourable")
        NO_OBSERVATION = "no_observation", _("No observation")

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("answer", "Received")
        TAKEN = "taken", _("Taken over into the file")
        ASIDE = "aside", _("Set aside")

    permit = models.ForeignKey(Permit, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("permit", "file"))
    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="replies", verbose_name=_("consultation")
    )
    email = models.EmailField(_("e-mail"))
    signatory = models.CharField(_("name and capacity of who answers"), max_length=200)
    sense = models.CharField(_("opinion"), max_length=18, choices=Sense)
    text = models.TextField(_("text of the opinion"), blank=True)
    prescriptions = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("prescriptions"))
    document = models.ForeignKey(Piece, models.SET_NULL, null=True, related_name="+", verbose_name=_("piece"))
    received_at = models.DateTimeField(_("received"), default=current_instant, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RECEIVED)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("settled by"))
    settled_reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("answer by a link")
        verbose_name_plural = _("answers by links")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.sense}"
