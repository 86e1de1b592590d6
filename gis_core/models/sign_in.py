"""How a member's people sign in, and what a group of its directory gives them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gis_core.accounts import encryption
from gis_core.members.rights import Role
from gis_core.models.organisations import Member


class SignInMethod(models.Model):
    """A provider or a directory by which people sign in; a whole platform's where it has no `member`.

    `domains` are the e-mail domains (lower case, no @) that lead to it. `options` are the settings of its kind. Its
    secret (a client's, or the password of the account that reads the directory) is kept encrypted.
    """

    security = "edited"

    class Kind(models.TextChoices):
        OPENID_CONNECT = "openid_connect", "OpenID Connect"
        PROCONNECT = "proconnect", "ProConnect"
        DIRECTORY = "directory", _("Directory (LDAP, Active Directory)")

    member = models.ForeignKey(
        Member, models.CASCADE, null=True, blank=True, related_name="sign_in_methods", verbose_name=_("member")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True, verbose_name=_("e-mail domains"))
    options = models.JSONField(_("options"), default=dict, blank=True)
    encrypted_secret = models.TextField(default="", blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("sign-in method")
        verbose_name_plural = _("sign-in methods")
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["openid_connect", "proconnect", "directory"]), name="sign_in_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """In clear. Raises Invalid where the platform's key is another than the one it was kept under."""
        return encryption.decrypt(self.encrypted_secret) if self.encrypted_secret else ""

    @secret.setter
    def secret(self, value: str) -> None:
        self.encrypted_secret = encryption.encrypt(value) if value else ""


class AccessRule(models.Model):
    """Whoever a sign-in method says to be in `group` has `role` at `member` (a town hall's: for `insee` alone).

    `group` is the name or the distinguished name of a group, or a value of the claim of groups; compared without case.
    """

    security = "edited"

    method = models.ForeignKey(SignInMethod, models.CASCADE, related_name="rules", verbose_name=_("sign-in method"))
    group = models.CharField(_("group"), max_length=400)
    member = models.ForeignKey(Member, models.CASCADE, related_name="access_rules", verbose_name=_("member"))
    role = models.CharField(_("role"), max_length=24, choices=Role)
    insee = ArrayField(models.CharField(max_length=5), default=list, blank=True, verbose_name=_("communes"))

    class Meta:
        verbose_name = _("access rule")
        verbose_name_plural = _("access rules")
        ordering: ClassVar[list[str]] = ["group", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint("method", Lower("group"), "member", name="access_rule_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="access_rule_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.get_role_display()}"
