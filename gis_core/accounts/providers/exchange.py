"""From the code that a browser brings back to a proved identity: token, userinfo, and what both must be."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from gis_core.accounts.joining import Identity, provider_of
from gis_core.accounts.providers import calls
from gis_core.accounts.providers.configuration import (
    Configuration,
    configuration_of,
    is_proconnect,
    signatures_of,
)
from gis_core.accounts.providers.discovery import Provider, provider_at
from gis_core.accounts.providers.errors import ProviderSilent, Untrusted
from gis_core.accounts.providers.social import callback_url
from gis_core.accounts.providers.tokens import Expected, read_header, read_id_token, read_signed, untrusted
from gis_core.models import SignInMethod

SIREN = "siren:"


def prove(request: HttpRequest, method: SignInMethod, state: dict[str, Any]) -> tuple[Identity, str]:
    """The identity that the answer in the request's address proves, and its identity token.

    `state` is what this session kept when it sent somebody to this very method. Raises Untrusted, ProviderSilent,
    NotAllowed, Busy, Invalid (the secret is kept under another key).
    """
    configuration = configuration_of(method)
    provider = provider_at(configuration.issuer)
    check_issuer(request, provider)
    expected = Expected(
        provider=provider,
        client_id=configuration.client_id,
        algorithms=signatures_of(method, configuration),
        secret=method.secret,
    )
    answer = redeem(request, method, configuration, provider, state)
    token, access = answer.get("id_token"), answer.get("access_token")
    if not isinstance(token, str) or not isinstance(access, str):
        raise untrusted("token")
    claims = read_id_token(token, expected, str(state.get("nonce") or ""))
    check_access(claims, access, token)
    about = read_userinfo(provider, access, expected, signed=is_proconnect(method))
    if about is not None and about.get("sub") != claims["sub"]:
        raise untrusted("userinfo_sub")
    return identity_of(configuration, claims, about or claims, verified=is_proconnect(method)), token


def check_issuer(request: HttpRequest, provider: Provider) -> None:
    """The answer says whose it is (RFC 9207), wherever this provider says so: another's is mixed up with it."""
    said = request.GET.get("iss")
    if (said is not None or provider.says_issuer) and said != provider.issuer:
        raise untrusted("mixed_up")


def redeem(
    request: HttpRequest, method: SignInMethod, configuration: Configuration, provider: Provider, state: dict[str, Any]
) -> dict[str, Any]:
    """What the provider gives for the code. Raises Untrusted where it gives nothing."""
    form = {
        "grant_type": "authorization_code",
        "code": request.GET.get("code", ""),
        "redirect_uri": callback_url(request, provider_of(method)),
    }
    if verifier := state.get("pkce_code_verifier"):
        form["code_verifier"] = verifier
    form, headers = with_client(method, configuration, provider, form)
    answer = calls.ask(provider.token, form=form, headers=headers)
    if answer.status in (400, 401):
        raise Untrusted(
            _("The provider does not take this sign-in: it took too long, was used before, or its secret is another."),
            "code",
        )
    return calls.read_json(answer)


def with_client(
    method: SignInMethod, configuration: Configuration, provider: Provider, form: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The form and the headers by which the client says who it is, as the provider wants it (RFC 6749, 2.3.1)."""
    if "client_secret_post" in provider.token_authentication or is_proconnect(method):
        return {**form, "client_id": configuration.client_id, "client_secret": method.secret}, {}
    pair = f"{quote(configuration.client_id, safe='')}:{quote(method.secret, safe='')}"
    return form, {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def check_access(claims: dict[str, Any], access: str, token: str) -> None:
    """Where the identity token says to which access token it belongs (at_hash), it is this one."""
    said = claims.get("at_hash")
    if said is None:
        return
    digest = hashlib.new("sha" + str(read_header(token)["alg"])[-3:], access.encode()).digest()
    made = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not isinstance(said, str) or not constant_time_compare(said, made):
        raise untrusted("at_hash")


def read_userinfo(provider: Provider, access: str, expected: Expected, *, signed: bool) -> dict[str, Any] | None:
    """What the provider says of the person: a signed token, which ProConnect's must be, or JSON over TLS."""
    if not provider.userinfo:
        if signed:
            raise untrusted("userinfo")
        return None
    answer = calls.ask(provider.userinfo, headers={"Authorization": f"Bearer {access}"})
    if answer.status == 200 and answer.media_type == "application/jwt":
        try:
            text = answer.body.decode("ascii")
        except UnicodeDecodeError as error:
            raise untrusted("userinfo") from error
        return read_signed(text, expected, required=("iss", "aud", "sub"))
    if answer.status in (400, 401, 403):
        raise untrusted("userinfo")
    if signed:
        if answer.status != 200:
            raise ProviderSilent(
                _("“%(url)s” answers with the error %(status)s.")
                % {"url": calls.place(answer.url), "status": answer.status}
            )
        raise untrusted("unsigned_userinfo")
    return calls.read_json(answer)


def identity_of(
    configuration: Configuration, claims: dict[str, Any], about: dict[str, Any], *, verified: bool
) -> Identity:
    """What is kept of the claims: `about` is the userinfo, or the identity token itself.

    `verified` is whether the provider's addresses count as verified without its saying so (ProConnect).
    """
    siret = text(about.get("siret")).replace(" ", "")
    held = [one for one in texts(about.get(configuration.groups_claim)) if not one.lower().startswith(SIREN)]
    held += [f"{name}:{value}" for name in configuration.claims for value in texts(about.get(name))]
    if len(siret) == 14 and siret.isascii() and siret.isdigit():
        held.append(SIREN + siret[:9])
    amr = claims.get("amr")
    return Identity(
        subject=claims["sub"],
        email=text(about.get("email")),
        email_verified=verified or about.get("email_verified") is True,
        first_name=text(about.get("given_name")),
        last_name=text(about.get("usual_name")) or text(about.get("family_name")),
        groups=tuple(held),
        amr=tuple(texts(amr))[:20],
    )


def text(value: Any) -> str:
    return value[:400] if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """The texts of a claim that has one or several."""
    values = value if isinstance(value, list) else [value]
    return [one[:400] for one in values if isinstance(one, str) and one]
