"""Forms of sign-in methods."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gis_core.accounts.providers.configuration import (
    PROCONNECT_SCOPES,
    PROCONNECT_SIGNATURES,
    SCOPES,
    Configuration,
    configuration_of,
)
from gis_core.accounts.providers.methods import emergency_candidates, ended_message
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm
from gis_core.models import Member, SignInMethod

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def secret_field(help_text: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Secret"),
        max_length=400,
        required=required,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=help_text,
    )


class MethodForm(AccessibleForm):
    """A provider of OpenID Connect; `secret` is never shown again."""

    name = forms.CharField(label=_("Name on the sign-in page"), max_length=80)
    issuer = forms.CharField(
        label=_("Address of the provider"),
        max_length=400,
        help_text=_("As it writes it itself (its “issuer”), without /.well-known."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    client_id = forms.CharField(label=_("Client identifier"), max_length=200, widget=forms.TextInput(attrs=PLAIN))
    secret = secret_field(_("Kept encrypted and never shown again."), required=True)
    domains = forms.CharField(
        label=_("E-mail domains"),
        max_length=2_000,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Separated by commas: agglo.fr, mairie-exemple.fr. Addresses of these lead here."),
    )


class OpenIDConnectForm(MethodForm):
    scopes = forms.CharField(label=_("Scopes"), max_length=400, initial=SCOPES, widget=forms.TextInput(attrs=PLAIN))
    groups_claim = forms.CharField(
        label=_("Claim of groups"), max_length=80, initial="groups", widget=forms.TextInput(attrs=PLAIN)
    )
    claims = forms.CharField(
        label=_("Other claims for rules"),
        max_length=400,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Separated by commas. A rule then speaks of “claim:value”, for instance service:Urbanisme."),
    )


class ProConnectForm(MethodForm):
    scopes = forms.CharField(
        label=_("Scopes"), max_length=400, initial=PROCONNECT_SCOPES, widget=forms.TextInput(attrs=PLAIN)
    )
    signature = forms.ChoiceField(
        label=_("Signature agreed with ProConnect"), choices=[(one, one) for one in PROCONNECT_SIGNATURES]
    )
    idp_hint = forms.CharField(
        label=_("Identifier of the only identity provider"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Leads straight to it (idp_hint); empty, each person chooses."),
    )


FORMS: dict[str, type[MethodForm]] = {"openid_connect": OpenIDConnectForm, "proconnect": ProConnectForm}


KEPT = _("Kept encrypted and never shown again. Left empty, the one that is kept stays.")


class ChangeForm(EditForm):
    """Of a provider that is kept; with `join_again`, where it is another one, the accounts joined to it join again."""

    def __init__(self, *args: Any, joined: int, roles: int, **options: Any) -> None:
        super().__init__(*args, **options)
        if joined:
            self.fields["join_again"] = forms.BooleanField(
                label=ngettext("%(n)s account must join again", "%(n)s accounts must join again", joined)
                % {"n": joined},
                required=False,
                help_text=" ".join([
                    str(_("Only where the address is another provider's: the accounts joined by the former one.")),
                    *([ended_message(roles)] if roles else []),
                ]),
            )  # fmt: skip


class OpenIDConnectChangeForm(ChangeForm, OpenIDConnectForm):
    """Of a provider that is kept."""

    secret = secret_field(KEPT, required=False)


class ProConnectChangeForm(ChangeForm, ProConnectForm):
    """Of a ProConnect that is kept."""

    secret = secret_field(KEPT, required=False)


CHANGE_FORMS: dict[str, Any] = {"openid_connect": OpenIDConnectChangeForm, "proconnect": ProConnectChangeForm}


def values_of(method: SignInMethod) -> dict[str, Any]:
    """The fields of a method's form, without its secret."""
    configuration = configuration_of(method)
    options = configuration.as_options() | {"claims": ", ".join(configuration.claims)}
    return {**options, "name": method.name, "domains": ", ".join(method.domains)}


def configuration_from(values: dict[str, Any]) -> Configuration:
    names = ("issuer", "client_id", "scopes", "groups_claim", "idp_hint", "signature")
    texts = {name: str(values[name]).strip() for name in names if values.get(name)}
    return Configuration(claims=tuple(split(values.get("claims") or "")), **texts)


def split(text: str) -> list[str]:
    return [one.strip() for one in text.replace(";", ",").split(",") if one.strip()]


class PasswordsForm(EditForm):
    """How a member's people use passwords."""

    together = (("passwords_open", "emergency"),)
    passwords_open = forms.BooleanField(label=_("Passwords open the member's accounts"), required=False)
    emergency = forms.TypedChoiceField(
        label=_("Emergency account"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Its password opens the member even so. Each use is told to the agency by mail."),
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(str(one.pk), f"{one} ({one.username})") for one in emergency_candidates(member)]
        self.fields["emergency"].choices = [("", _("No account")), *people]  # type: ignore[attr-defined]
