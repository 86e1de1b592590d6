"""allauth's OpenID Connect as we use it: its apps are our sign-in methods; `state`, PKCE and redirection are its own.

What it lacks is beside this file: signatures, nonce, issuer and audience of tokens (`tokens`), signed userinfo
(`exchange`), the guard of calls (`calls`). None of its own calls to a provider is made.
"""

from __future__ import annotations

import secrets
from typing import Any, NoReturn

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from gis_core.accounts.joining import provider_of
from gis_core.accounts.providers.configuration import (
    PROCONNECT_CLAIMS,
    Configuration,
    configuration_of,
    is_proconnect,
)
from gis_core.accounts.providers.discovery import provider_at
from gis_core.models import SignInMethod

KINDS = (SignInMethod.Kind.OPENID_CONNECT, SignInMethod.Kind.PROCONNECT)


def providers() -> Any:
    """The methods that are OpenID Connect providers and switched on."""
    return SignInMethod.objects.filter(active=True, kind__in=KINDS)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Gives allauth our sign-in methods as its apps; accounts are made by `joining` alone."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        apps = [app_of(method) for method in providers()]
        apps = [app for app in apps if provider in (None, app.provider, app.provider_id)]
        return [app for app in apps if client_id in (None, app.client_id)]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> MethodProvider:
        return MethodProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def generate_state_param(self, state: dict[str, Any]) -> str:
        return secrets.token_urlsafe(32)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_requests_session(self) -> NoReturn:
        raise NotImplementedError("Providers are asked through gis_core.accounts.providers.calls alone.")


def app_of(method: SignInMethod) -> SocialApp:
    """A sign-in method as allauth has it, never saved and without its secret."""
    configuration = configuration_of(method)
    return SocialApp(
        provider="openid_connect",
        provider_id=provider_of(method),
        name=method.name[:40],
        client_id=configuration.client_id,
        settings={"server_url": configuration.issuer, "scope": configuration.scopes.split(), "auth_params": {}},
    )


class MethodAdapter(OpenIDConnectOAuth2Adapter):
    """A provider's addresses, read by our own discovery."""

    def __init__(self, request: HttpRequest, provider: MethodProvider) -> None:
        super().__init__(request, provider.app.provider_id)
        self.provider = provider

    def get_provider(self) -> MethodProvider:
        return self.provider

    @property
    def openid_config(self) -> dict[str, Any]:
        provider = provider_at(self.get_provider().app.settings["server_url"])
        return {"authorization_endpoint": provider.authorization, "token_endpoint": provider.token}

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return callback_url(request, app.provider_id)


class MethodProvider(OpenIDConnectProvider):
    """A sign-in method; nothing of its request is taken from the address that began it."""

    oauth2_adapter_class = OpenIDConnectOAuth2Adapter
    pkce_enabled_default = True

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return begin_url(self.app.provider_id)

    def get_oauth2_adapter(self, request: HttpRequest) -> MethodAdapter:
        return MethodAdapter(request, self)


def callback_url(request: HttpRequest, provider_id: str) -> str:
    """Where the provider sends people back: what is declared there, to the letter."""
    path = reverse("provider_callback", args=[int(provider_id.removeprefix("method-"))])
    return request.build_absolute_uri(path)


def begin_url(provider_id: str) -> str:
    return reverse("provider_begin", args=[int(provider_id.removeprefix("method-"))])


def begin(request: HttpRequest, method: SignInMethod, next_url: str | None, login_hint: str) -> HttpResponse:
    """Send somebody to their provider. Raises ProviderSilent, Untrusted, NotAllowed, Busy."""
    app = app_of(method)
    configuration = configuration_of(method)
    if is_proconnect(method):
        # Its documentation refuses every parameter that it does not name: PKCE is none of them.
        app.settings["oauth_pkce_enabled"] = False
    nonce = secrets.token_urlsafe(32)
    response: HttpResponse = MethodProvider(request, app=app).redirect(
        request,
        AuthProcess.LOGIN,
        next_url,
        auth_params={"nonce": nonce, **more_parameters(method, configuration, login_hint)},
        nonce=nonce,
    )
    return response


def more_parameters(method: SignInMethod, configuration: Configuration, login_hint: str) -> dict[str, str]:
    more = {"login_hint": login_hint} if login_hint else {}
    if is_proconnect(method):
        more["claims"] = PROCONNECT_CLAIMS
        if configuration.idp_hint:
            more["idp_hint"] = configuration.idp_hint
    return more
