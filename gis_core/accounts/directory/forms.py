"""The settings of a directory, for an administrator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cryptography.x509 import load_pem_x509_certificates
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gis_core.accounts.directory.options import ACTIVE_DIRECTORY, Options
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm
from gis_core.errors import Invalid
from gis_core.models import SignInMethod

ACTIVE, OTHER = "active_directory", "other"
PRODUCTS = [(ACTIVE, "Active Directory"), (OTHER, _("OpenLDAP or another one"))]
USUAL = _("Empty: as usual for the product.")
# Empty, they are as the product has them.
AS_USUAL = ("filter", "group_filter", "login_attributes")


class DirectoryForm(AccessibleForm):
    """The settings of a new directory (`method` is not yet kept); `options()` gives them once the form is valid."""

    name = forms.CharField(label=_("Name on the sign-in page"), max_length=80)
    domains = forms.CharField(
        label=_("E-mail domains"),
        max_length=2_000,
        required=False,
        help_text=_("Separated by commas: agglo.fr, mairie-exemple.fr. Addresses of these lead here."),
    )
    product = forms.ChoiceField(label=_("Product"), choices=PRODUCTS, initial=ACTIVE)
    servers = forms.CharField(
        label=_("Servers"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=2_000,
        help_text=_("One a line, tried in this order: ldaps://dc1.town.example, or ldap:// with StartTLS."),
    )
    authority = forms.CharField(
        label=_("Authority of the certificates"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=200_000,
        help_text=_("The text of its certificate (PEM), where the directory's authority is your own."),
    )
    bind_dn = forms.CharField(
        label=_("Reading account"),
        max_length=1_000,
        help_text=_("A distinguished name, or name@domain for Active Directory. It needs no other right than to read."),
    )
    secret = forms.CharField(
        label=_("Password of the reading account"),
        required=False,
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("It is kept encrypted and never shown again; leave it empty to keep the former one."),
    )
    base = forms.CharField(label=_("Base of the people"), max_length=1_000)
    group_base = forms.CharField(
        label=_("Base of the groups"),
        required=False,
        max_length=1_000,
        help_text=_("Only groups below it count. Without it, groups give nothing."),
    )
    nested = forms.BooleanField(label=_("Groups of groups count"), required=False, initial=True)
    filter = forms.CharField(label=_("Filter of the people"), required=False, max_length=1_000, help_text=USUAL)
    group_filter = forms.CharField(label=_("Filter of the groups"), required=False, max_length=1_000, help_text=USUAL)
    login_attributes = forms.CharField(
        label=_("Attributes that people sign in by"),
        required=False,
        max_length=200,
        help_text=_("Separated by commas. Empty: mail, and userPrincipalName in Active Directory."),
    )

    def __init__(self, *args: Any, method: SignInMethod, **options: Any) -> None:
        self.method = method
        super().__init__(*args, **options)

    def clean_authority(self) -> str:
        text = str(self.cleaned_data["authority"]).replace("\r", "").strip()
        try:
            if text:
                load_pem_x509_certificates(text.encode())
        except ValueError as error:
            message = _("This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.")
            raise ValidationError(message) from error
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.options().check()
            except Invalid as error:
                self.add_error(error.extra.get("parameter"), error.message)
            else:
                self.check_secret()
        return data

    def check_secret(self) -> None:
        """A password that is kept goes to no server but those that it was given for."""
        if self.cleaned_data["secret"]:
            return
        if not self.method.encrypted_secret:
            self.add_error("secret", _("The reading account needs a password."))
            return
        kept, wanted = Options.from_json(self.method.options), self.options()
        others = set(wanted.servers) - set(kept.servers)
        if others or (kept.bind_dn, kept.authority) != (wanted.bind_dn, wanted.authority):
            self.add_error("secret", _("Servers, authority or account change: enter the password again."))

    def options(self) -> Options:
        """What was typed, with what is usual for the product where it was left empty."""
        data = self.cleaned_data
        usual = ACTIVE_DIRECTORY if data["product"] == ACTIVE else Options()
        return replace(
            usual,
            servers=tuple(line.strip() for line in data["servers"].splitlines() if line.strip()),
            login_attributes=tuple(
                one.strip() for one in data["login_attributes"].split(",") if one.strip()
            ) or usual.login_attributes,
            **{name: data[name] or getattr(usual, name) for name in ("filter", "group_filter")},
            **{name: data[name] for name in ("authority", "bind_dn", "base", "group_base", "nested")},
        )  # fmt: skip


class DirectoryChangeForm(EditForm, DirectoryForm):
    """Of a directory that is kept. An empty password keeps the former one."""


def values_of(method: SignInMethod) -> dict[str, Any]:
    """The fields of a directory's form, without its password."""
    kept = Options.from_json(method.options)
    product = ACTIVE if kept.attributes["id"] == ACTIVE_DIRECTORY.attributes["id"] else OTHER
    usual = ACTIVE_DIRECTORY if product == ACTIVE else Options()
    values = {name: getattr(kept, name) for name in ("authority", "bind_dn", "base", "group_base", "nested")}
    for name in AS_USUAL:
        value = getattr(kept, name)
        values[name] = "" if value == getattr(usual, name) else value if isinstance(value, str) else ", ".join(value)
    first = {"name": method.name, "domains": ", ".join(method.domains)}
    return values | first | {"product": product, "servers": "\n".join(kept.servers)}
