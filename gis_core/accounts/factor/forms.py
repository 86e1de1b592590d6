"""Codes and keys: each code serves once, and who guesses has to wait (allauth counts their attempts)."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import get_state
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import UserVerificationRequirement

from gis_core.desk.forms import TypedJSONField

LAST_STEP = "last_step"
"""In the data of an application's secret: the step of the last code taken (RFC 6238, 5.2)."""
LONGEST_NAME = 60
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20", "spellcheck": "false"}


def step_of(secret: str, code: str) -> int | None:
    """The step whose code this is, of those that the clock allows."""
    plain = normalize_user_code(code)
    return next(
        (step for step in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, step)) == plain), None
    )


def spend(authenticator: Authenticator, code: str) -> bool:
    """Whether this code of an application has not served yet; it, and those before it, serve no more.

    allauth remembers a code for 30 seconds; with the step before and the one after it is good for 90.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        step = step_of(decrypt(row.data["secret"]), code)
        if step is None or step <= row.data.get(LAST_STEP, 0):
            return False
        row.data[LAST_STEP] = step
        row.save(update_fields=["data"])
    return True


class PasswordAgain(PasswordForm):
    """The password of who is signed in and is asked again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["password"]
        field.label, field.help_text = _("Password"), ""
        field.widget.attrs.pop("placeholder", None)


class CodeFields:
    """The field of a code, on whatever form of allauth's."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: forms.Field = self.fields["code"]  # type: ignore[attr-defined]
        field.label, field.widget = _("Code"), forms.TextInput(attrs=CODE)


class SpentOnce(CodeFields):
    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP and not spend(authenticator, code):
            raise get_adapter().validation_error("spent_code")
        return code


class SecondStepCode(SpentOnce, AuthenticateForm):
    """A code of the application, or a recovery code, while signing in."""


class CodeAgain(SpentOnce, ReauthenticateForm):
    """The same, by who is signed in and is asked again."""


class NewApplication(CodeFields, ActivateTOTPForm):
    """The first code of an application that has just read the secret."""


class KeyNames:
    """The name of a key, and what the browser says of it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        fields["name"] = forms.CharField(
            label=_("Name of the key"),
            max_length=LONGEST_NAME,
            required=fields["name"].required,
            help_text=_("The device, or the key: you will know which one to remove."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        if "credential" in fields:
            fields["credential"] = credential_field()


def credential_field() -> forms.Field:
    return TypedJSONField(widget=forms.HiddenInput)


class Credential:
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = credential_field()  # type: ignore[attr-defined]

    def clean_credential(self) -> Authenticator:
        """The key that answered; a wrong one is told apart from a wrong code."""
        given = self.cleaned_data["credential"]  # type: ignore[attr-defined]
        if isinstance(given, dict) and not isinstance(given.get("clientExtensionResults") or {}, dict):
            raise get_adapter().validation_error("refused_key")
        try:
            return super().clean_credential()  # type: ignore[misc, no-any-return]
        except forms.ValidationError as error:
            raise (
                get_adapter().validation_error("refused_key") if error.code == "incorrect_code" else error
            ) from error


class NewKey(KeyNames, AddWebAuthnForm):
    """A key that the browser has just made."""


class KeyName(KeyNames, EditWebAuthnForm):
    """Another name for a key."""


class SecondStepKey(Credential, AuthenticateWebAuthnForm):
    """A key, while signing in."""


class SignInKey(Credential, LoginWebAuthnForm):
    """A key alone: what it answered was asked of somebody unknown, whose finger, face or code it had to ask for."""

    def clean_credential(self) -> Authenticator:
        if (get_state() or {}).get("user_verification") != UserVerificationRequirement.REQUIRED:
            raise get_adapter().validation_error("refused_key")
        return super().clean_credential()


class KeyAgain(Credential, ReauthenticateWebAuthnForm):
    """The same, by who is signed in and is asked again."""
