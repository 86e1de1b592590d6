"""In whose name acts are made, who signs them and until when; the notes that a member words itself."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.models import Letter, Member, User
from permits.models.permit import Permit


def in_order(name: str) -> models.CheckConstraint:
    """The last day is none, or not before the first."""
    return models.CheckConstraint(condition=Q(until_date=None) | Q(until_date__gte=F("since_date")), name=name)


class Authority(models.Model):
    """Who decides on files of a member: of a commune or of all (`insee` empty), of some kinds or all (`kinds` empty).

    `name` to `logo` are the head of its acts, `visas` lines that they begin with, without the word “Vu”. `court` is
    where they are appealed.
    """

    security = "owner"

    class Quality(models.TextChoices):
        MAYOR = "mayor", _("The mayor, for the commune (L.422-1 a)")
        PRESIDENT = "president", _("The president, for the inter-communal body (L.422-3)")
        MAYOR_FOR_STATE = "mayor_state", _("The mayor, for the State (L.422-1 b)")
        PREFECT = "prefect", _("The prefect, for the State (L.422-1 b, L.422-2)")

    owner = models.ForeignKey(Member, models.CASCADE, related_name="permit_authorities", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    insee = models.CharField(_("INSEE code"), max_length=5, blank=True)
    kinds = ArrayField(models.CharField(max_length=4), default=list, blank=True, verbose_name=_("kinds of files"))
    quality = models.CharField(_("who decides, and for whom"), max_length=12, choices=Quality)
    name = models.CharField(_("name at the top"), max_length=150)
    address = models.TextField(_("address"), blank=True)
    contact = models.TextField(_("contact"), blank=True)
    place = models.CharField(_("place of the acts"), max_length=80)
    logo = models.BinaryField(null=True, editable=False)
    visas = models.TextField(_("visas"), blank=True)
    court = models.CharField(_("administrative court"), max_length=200, blank=True)
    since_date = models.DateField(_("from"))
    until_date = models.DateField(_("to"), null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering: ClassVar[list[str]] = ["insee", "-since_date", "pk"]
        constraints: ClassVar = [in_order("permit_authority_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_state(self) -> bool:
        """Whether its acts are the State's: they are not transmitted to the prefect."""
        return self.quality in (self.Quality.MAYOR_FOR_STATE, self.Quality.PREFECT)


class Signatory(models.Model):
    """Who signs acts of an authority: by themselves, or by the delegation that `delegation` names, between two days."""

    security = "part:authority_id"

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="signatories", verbose_name=_("authority"))
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    quality = models.CharField(_("quality"), max_length=150)
    delegation = models.CharField(_("delegation"), max_length=300, blank=True)
    since_date = models.DateField(_("from"))
    until_date = models.DateField(_("to"), null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        ordering: ClassVar[list[str]] = ["-since_date", "pk"]
        constraints: ClassVar = [in_order("permit_signatory_in_order")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class MemberNote(models.Model):
    """A note of acts as a member words it, for decisions from a day on. Each saving adds a row, the latest counts.

    `code` is the name of the shipped note that it words (`permits.acts.notes`). An empty `text` puts the shipped one in
    force again. `source` says where the member has the law from.
    """

    security = "owner"
    history = False  # its versions are rows

    owner = models.ForeignKey(Member, models.CASCADE, related_name="permit_notes", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    code = models.CharField(_("note"), max_length=30)
    since_date = models.DateField(_("for decisions from"))
    text = models.TextField(_("text"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("note of acts")
        verbose_name_plural = _("notes of acts")
        ordering: ClassVar[list[str]] = ["code", "-pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.since_date}"


class SignatureProposal(models.Model):
    """A draft that was shown to the town hall for its signature, and what became of it; nothing of it is removed.

    `letter_version` is the draft's at that moment: one that was changed since then says so. `letter` is None once the
    draft was thrown away; of what it was `kind` is kept, never its text, which may name the applicant.
    """

    security = "part:permit_id:filed"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the town hall")
        SIGNED = "signed", _("Made final")
        SENT_BACK = "sent_back", _("Sent back")
        WITHDRAWN = "withdrawn", _("Taken back")
        REPLACED = "replaced", _("Replaced by a newer draft")

    permit = models.ForeignKey(Permit, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("permit", "file"))
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="+", verbose_name=_("letter"))
    kind = models.CharField(_("kind"), max_length=40)
    letter_version = models.IntegerField()
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed on"), default=current_instant)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("settled by"))
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.CharField(_("reason"), max_length=500, blank=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("draft proposed for signature")
        verbose_name_plural = _("drafts proposed for signature")
        ordering: ClassVar[list[str]] = ["-proposed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["letter"], condition=Q(state="waiting"), name="signature_proposal_once")
        ]

    def __str__(self) -> str:
        return str(self.letter_id)
