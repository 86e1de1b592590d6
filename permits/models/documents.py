"""Files attached to an application."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.fields import current_instant
from gis_core.models import AttachedDocument, User
from permits.models.permit import Permit
from permits.usual_documents import LONGEST_CODE


class Piece(AttachedDocument):
    """A file that was attached to an application, kept under `<files>/permits/`.

    `code` says which document of the slip it is (`usual_documents`). A refused one stays and does not count as
    received; the one that another `replaces` is among the removed ones.
    """

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
    code = models.CharField(_("code"), max_length=LONGEST_CODE, blank=True, default="")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    refused_at = models.DateTimeField(_("refused on"), null=True)
    refused_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("refused by"))
    refused_reason = models.CharField(_("why it is refused"), max_length=300, blank=True, default="")
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added on"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta(AttachedDocument.Meta):
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar = [
            *AttachedDocument.Meta.constraints,
            models.CheckConstraint(
                condition=Q(refused_at=None) | ~Q(refused_reason=""), name="refused_%(class)s_says_why"
            ),
        ]
