"""The security journal in the database, beside its files (`gis_core.operations.security_journal`)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SecurityEvent(models.Model):
    """A line of the journal: functions add lines, read them and forget old ones, and nothing changes one.

    `reference` is the line's own number, the same in its file, so that a line is kept once. `about` names what it
    concerns, for whoever searches: a table and a row, a layer, a member, an address.
    """

    security = "system"

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("Sign-ins")
        REFUSAL = "refusal", _("Refusals")
        RIGHTS = "rights", _("Rights")
        TOKEN = "token", _("Tokens")
        SHARE = "share", _("Shares")
        EXPORT = "export", _("Exports")
        PERSONAL = "personal", _("Personal data")
        SETTINGS = "settings", _("Settings")
        OTHER = "other", pgettext_lazy("events", "Others")

    reference = models.UUIDField(unique=True)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=8, choices=Kind)
    event = models.CharField(max_length=40)
    user = models.IntegerField(null=True)
    name = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    request = models.CharField(max_length=64)
    about = models.CharField(max_length=300)
    detail = models.JSONField()

    class Meta:
        verbose_name = _("line of the security journal")
        verbose_name_plural = _("lines of the security journal")
        indexes: ClassVar = [
            models.Index(fields=["user", "at"], name="security_event_user"),
            models.Index(fields=["kind", "at"], name="security_event_kind"),
            GinIndex(OpClass(Upper("about"), name="gin_trgm_ops"), name="security_event_about"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="security_event_name"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"


class SyslogPosition(models.Model):
    """The last line of the journal that a syslog target has received."""

    security = "system"

    target = models.CharField(max_length=300, unique=True)
    event = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.target} {self.event}"
