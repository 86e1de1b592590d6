"""Signed tokens of a provider (OpenID Connect Core 1.0, 3.1.3.7): which are taken, and why others are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.accounts.providers.discovery import Provider, keys_for
from gis_core.accounts.providers.errors import Untrusted
from gis_core.database import clock as database_clock

LEEWAY_S = 60
LONGEST = 20_000
SECRET_SIGNATURES = ("HS256",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Whose tokens these must be: `algorithms` are those taken, `secret` the client's, for HS256 alone."""

    provider: Provider
    client_id: str
    algorithms: tuple[str, ...]
    secret: str = ""


def read_id_token(token: str, expected: Expected, nonce: str) -> dict[str, Any]:
    """The claims of an identity token that was made for us, now, for this sign-in. Raises Untrusted."""
    claims = read_signed(token, expected, required=("iss", "sub", "aud", "exp", "iat"))
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if "azp" in claims and claims["azp"] != expected.client_id:
        raise untrusted("azp")
    if len(audience) > 1 and "azp" not in claims:
        raise untrusted("azp")
    said = claims.get("nonce")
    if not isinstance(said, str) or not nonce or not constant_time_compare(said, nonce):
        raise untrusted("nonce")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise untrusted("sub")
    return claims


def read_signed(token: str, expected: Expected, required: tuple[str, ...]) -> dict[str, Any]:
    """The claims of a token whose signature, issuer, audience and times are right. Raises Untrusted."""
    header = read_header(token)
    algorithm = header.get("alg")
    if algorithm not in expected.algorithms:
        raise untrusted("alg")
    fault = "key"
    for key in keys_of(expected, header, str(algorithm)):
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[str(algorithm)],
                audience=expected.client_id,
                issuer=expected.provider.issuer,
                leeway=LEEWAY_S,
                options={"require": list(required), "verify_sub": False, "verify_jti": False},
            )
        except jwt.InvalidSignatureError:
            fault = "signature"
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as error:
            raise out_of_time(token, error) from error
        except jwt.PyJWTError as error:
            raise untrusted(FAULTS.get(type(error), "token")) from error
        else:
            return claims
    raise untrusted(fault)


FAULTS: dict[type[Exception], str] = {
    jwt.InvalidAudienceError: "aud",
    jwt.InvalidIssuerError: "iss",
    jwt.MissingRequiredClaimError: "missing",
    jwt.InvalidIssuedAtError: "iat",
}


def read_header(token: str) -> dict[str, Any]:
    """Keys or addresses of keys in it (`jwk`, `jku`, `x5c`, `x5u`) are never read; `crit` is refused by PyJWT."""
    if len(token) > LONGEST:
        raise untrusted("size")
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise untrusted("token") from error


def keys_of(expected: Expected, header: dict[str, Any], algorithm: str) -> list[Any]:
    """The secret for a signature by one, otherwise the provider's published keys: never the one for the other."""
    if algorithm in SECRET_SIGNATURES:
        return [expected.secret.encode()] if expected.secret else []
    kid = header.get("kid")
    return keys_for(expected.provider, str(kid) if kid is not None else None, algorithm)


def out_of_time(token: str, error: Exception) -> Untrusted:
    """A token that has just been made and seems old or of the future: one of the two clocks is wrong."""
    made = jwt.decode(token, options={"verify_signature": False}).get("iat")
    minutes = round(abs(database_clock.now().timestamp() - made) / 60) if isinstance(made, int | float) else 0
    fault = "expired" if isinstance(error, jwt.ExpiredSignatureError) else "not_yet"
    if not 1 <= minutes <= 60:
        return untrusted(fault)
    message = ngettext(
        "The clocks of the provider and of Arpent differ by %(n)s minute: whoever runs them sets them right (NTP).",
        "The clocks of the provider and of Arpent differ by %(n)s minutes: whoever runs them sets them right (NTP).",
        minutes,
    )
    return Untrusted(message % {"n": minutes}, fault)


def untrusted(fault: str) -> Untrusted:
    return Untrusted(
        _("The provider's answer does not prove who you are (%(fault)s): nothing was opened. Begin again.")
        % {"fault": fault},
        fault,
    )
