"""API tokens: made once, kept as a digest, accepted as Bearer or as the password of HTTP Basic."""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from gis_core.database import clock as database_clock
from gis_core.members.rights import only_reads
from gis_core.models import ApiToken, User

PREFIX = "arpent_"
LAST_USE_STEP = timedelta(minutes=1)


def create_token(*, user: User, name: str, expires_at: datetime | None = None, **scopes: Any) -> tuple[ApiToken, str]:
    """A new token, good for a year unless told otherwise, and its secret, which is shown this once.

    `scopes` are those of the model's columns that narrow it.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    end = {"expires_at": expires_at} if expires_at else {}
    token = ApiToken.objects.create(user=user, name=name, prefix=secret[:12], digest=digest(secret), **end, **scopes)
    return token, secret


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def user_of_authorization(header: str, address: str = "") -> User | None:
    """The active user behind an Authorization header, or None when it names nobody; `address` is where it comes from.

    The token that says so is the user's `token`: what it is made for is another question (`gis_core.tokens.scopes`).
    """
    scheme, _space, value = header.partition(" ")
    match scheme.lower():
        case "bearer":
            return user_of_token(value.strip(), address)
        case "basic":
            username, secret = basic_credentials(value)
            user = user_of_token(secret, address)
            return user if user and username in ("", user.username, user.email) else None
        case _:
            return None


def basic_credentials(value: str) -> tuple[str, str]:
    try:
        username, _colon, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return username, password


def user_of_token(secret: str, address: str = "") -> User | None:
    if not secret.startswith(PREFIX):
        return None
    tokens = ApiToken.objects.valid().filter(digest=digest(secret))
    token = tokens.select_related("user").first()
    if token is None:
        return None
    record_use(token, address)
    user: User = token.user
    user.token, user.token_name = token, token.name
    return user


def record_use(token: ApiToken, address: str) -> None:
    """When it was last used, to the minute, and from where; not in a maintenance that lets read alone."""
    before = database_clock.now() - LAST_USE_STEP
    if not only_reads.get() and (token.last_used_at is None or token.last_used_at < before):
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(stale, pk=token.pk).update(
            last_used_at=database_clock.now(), last_address=address[:45], unused_reminded_at=None
        )
