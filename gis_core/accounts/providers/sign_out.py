"""Signing out of ProConnect as well: its session ends in the browser, by the identity token that opened ours."""

from __future__ import annotations

import secrets

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from gis_core.accounts import encryption
from gis_core.accounts.joining import method_of_session
from gis_core.accounts.providers.configuration import configuration_of, is_proconnect
from gis_core.accounts.providers.discovery import provider_at
from gis_core.errors import ArpentError
from gis_core.models import SignInMethod

TOKEN_KEY = "id_token"  # noqa: S105
STATE_KEY = "signed_out_of"


def keep_token(request: HttpRequest, token: str) -> None:
    """Keep the identity token for the end of the session, encrypted: the table of sessions gives it to nobody."""
    request.session[TOKEN_KEY] = encryption.encrypt(token)


def end_of(request: HttpRequest) -> tuple[SignInMethod, str, str] | None:
    """Where the session at the provider ends, with the state to expect back; None where only ours has to end."""
    kept, number = request.session.get(TOKEN_KEY), method_of_session(request)
    method = SignInMethod.objects.filter(pk=number, active=True).first() if kept and number else None
    if method is None or not is_proconnect(method):
        return None
    try:
        end_session = provider_at(configuration_of(method).issuer).end_session
        token = encryption.decrypt(str(kept))
    except ArpentError:
        return None
    if not end_session:
        return None
    state = secrets.token_urlsafe(32)
    back = request.build_absolute_uri(reverse("provider_signed_out"))
    query = urlencode({"id_token_hint": token, "state": state, "post_logout_redirect_uri": back})
    return method, f"{end_session}?{query}", state
