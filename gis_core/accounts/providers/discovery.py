"""What a provider says of itself (OpenID Connect Discovery 1.0) and the keys that it signs with, kept for a while."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from gis_core.accounts.providers import calls
from gis_core.accounts.providers.errors import Untrusted
from gis_core.errors import Busy

WELL_KNOWN = "/.well-known/openid-configuration"
KEPT_S = 600.0
# A token by an unknown key has the keys read again, no more often than this: whoever invents names costs nothing.
REREAD_S = 30.0
SMALLEST_RSA = 2048


@dataclass(frozen=True, slots=True)
class Provider:
    """The addresses of a provider, and what it supports."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    token_authentication: tuple[str, ...]
    says_issuer: bool
    """Whether its answers hold `iss` (RFC 9207)."""


@dataclass(slots=True)
class Kept:
    """What was read of a provider, and when (of the clock that only goes forward)."""

    provider: Provider | None = None
    provider_at: float = 0.0
    keys: list[dict[str, Any]] | None = field(default_factory=list)
    keys_at: float = -REREAD_S
    lock: threading.Lock = field(default_factory=threading.Lock)


_kept: dict[str, Kept] = {}


def forget() -> None:
    """Read everything again."""
    _kept.clear()


def kept_of(issuer: str) -> Kept:
    return _kept.setdefault(issuer, Kept())


def provider_at(issuer: str) -> Provider:
    """What the provider of this issuer says of itself. Raises ProviderSilent, Untrusted, NotAllowed, Busy."""
    kept = kept_of(issuer)
    if kept.provider is None or kept.provider_at + KEPT_S < time.monotonic():
        kept.provider, kept.provider_at = read_provider(issuer), time.monotonic()
    return kept.provider


def read_provider(issuer: str) -> Provider:
    said = calls.read_json(calls.ask(issuer.rstrip("/") + WELL_KNOWN))
    if said.get("issuer") != issuer:
        raise Untrusted(
            _("The provider calls itself “%(said)s”, and not “%(issuer)s”: write its address as it does.")
            % {"said": str(said.get("issuer"))[:200], "issuer": issuer},
            "issuer",
        )
    texts = {name: str(said.get(name) or "") for name in ENDPOINTS}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not texts[name]:
            raise Untrusted(_("The provider does not say its %(name)s.") % {"name": name}, "discovery")
    for url in filter(None, texts.values()):
        calls.check_address(url)
    methods = said.get("token_endpoint_auth_methods_supported")
    return Provider(
        issuer=issuer,
        authorization=texts["authorization_endpoint"],
        token=texts["token_endpoint"],
        keys=texts["jwks_uri"],
        userinfo=texts["userinfo_endpoint"],
        end_session=texts["end_session_endpoint"],
        token_authentication=tuple(map(str, methods)) if isinstance(methods, list) else ("client_secret_basic",),
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
    )


ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")


def keys_for(provider: Provider, kid: str | None, algorithm: str) -> list[Any]:
    """The provider's keys that can have made a signature; keys that rotate are read once more.

    Raises ProviderSilent, and Busy where another one waits for them, or they could not be read just now.
    """
    kept = kept_of(provider.issuer)
    if not kept.lock.acquire(timeout=calls.LIMITS.seconds):
        raise Busy(_("The provider is slow to give its keys: try again in a moment."))
    try:
        now = time.monotonic()
        fitting = fit(kept.keys or [], kid, algorithm) if kept.keys_at + KEPT_S > now else []
        if not fitting and kept.keys_at + REREAD_S <= now:
            # None while they are read, nor where that fails: it is not tried again at once either.
            kept.keys, kept.keys_at = None, now
            kept.keys = read_keys(provider)
            fitting = fit(kept.keys, kid, algorithm)
    finally:
        kept.lock.release()
    if kept.keys is None:
        raise Busy(_("The provider did not give its keys: try again in half a minute."))
    return fitting


def read_keys(provider: Provider) -> list[dict[str, Any]]:
    keys = calls.read_json(calls.ask(provider.keys)).get("keys")
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


def fit(keys: list[dict[str, Any]], kid: str | None, algorithm: str) -> list[Any]:
    """Those of this name (all, where the token names none), of the algorithm's kind, that are strong enough."""
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    fitting = []
    for key in keys:
        called = kid is None or key.get("kid") == kid
        meant = key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
        if key.get("kty") == kind and called and meant:
            try:
                made = PyJWK(key, algorithm).key
            except (PyJWTError, ValueError, TypeError):
                continue
            if kind == "EC" or made.key_size >= SMALLEST_RSA:
                fitting.append(made)
    return fitting
