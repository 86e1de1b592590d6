"""What is set of an OpenID Connect provider: the options of a SignInMethod, read once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gis_core.models import SignInMethod

PUBLIC_KEY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a published key. `none` and those by a shared secret are never taken of a provider that has keys."""
PROCONNECT_SIGNATURES = ("RS256", "ES256", "HS256")
PROCONNECT_SCOPES = "openid given_name usual_name email uid siret idp_id"
SCOPES = "openid profile email"
PROCONNECT_CLAIMS = '{"id_token":{"amr":{"essential":true}}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`issuer` is the provider's address as it says it itself; discovery is below it.

    `groups_claim` holds the groups, `claims` are others that rules may speak of. `idp_hint` leads ProConnect's people
    straight to their own provider; `signature` is the one that was agreed with ProConnect.
    """

    issuer: str
    client_id: str
    scopes: str = SCOPES
    groups_claim: str = "groups"
    claims: tuple[str, ...] = ()
    idp_hint: str = ""
    signature: str = "RS256"

    def as_options(self) -> dict[str, Any]:
        return asdict(self) | {"claims": list(self.claims)}


def configuration_of(method: SignInMethod) -> Configuration:
    """The settings of a provider, with the usual ones for what is not set."""
    options: dict[str, Any] = method.options
    texts = {name: str(options[name]) for name in TEXTS if options.get(name)}
    if is_proconnect(method):
        texts.setdefault("scopes", PROCONNECT_SCOPES)
    return Configuration(
        issuer=texts.pop("issuer", "").rstrip("/") if is_proconnect(method) else texts.pop("issuer", ""),
        client_id=texts.pop("client_id", ""),
        claims=tuple(str(one) for one in options.get("claims") or ()),
        **texts,
    )


TEXTS = ("issuer", "client_id", "scopes", "groups_claim", "idp_hint", "signature")


def is_proconnect(method: SignInMethod) -> bool:
    return method.kind == SignInMethod.Kind.PROCONNECT


def signatures_of(method: SignInMethod, configuration: Configuration) -> tuple[str, ...]:
    """The signatures that are taken: the agreed one of ProConnect, any by a published key of others."""
    if not is_proconnect(method):
        return PUBLIC_KEY
    return (configuration.signature,) if configuration.signature in PROCONNECT_SIGNATURES else ()
