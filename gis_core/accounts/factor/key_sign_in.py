"""/compte/connexion/cle/: a passkey alone signs in, without any name or password being typed.

The key has asked for its owner's finger, face or code (user verification, which the server insists on): it counts as
both factors. It opens what the account's password opens, and nothing more: `choosing.may_open` refuses it where the
password is refused, or where there is none because the person comes by a provider.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn import views as keys
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_core.accounts.factor.forms import SignInKey
from gis_core.operations import security_journal as security


@method_decorator((never_cache, require_http_methods(["GET", "HEAD", "POST"])), name="dispatch")
class SignInByKey(keys.LoginWebAuthnView):
    """allauth's: a script asks what the key is to answer (GET), and posts its answer."""

    form_class = SignInKey

    def form_valid(self, form: Any) -> HttpResponse:
        key = form.cleaned_data["credential"]
        login = Login(user=key.user, redirect_url=get_next_redirect_url(self.request))
        return perform_passwordless_login(self.request, key, login)

    def form_invalid(self, form: Any) -> HttpResponse:
        security.record("sign_in_failed", account=None)
        return super().form_invalid(form)
