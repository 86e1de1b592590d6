"""Devices that somebody has signed in on: a signed cookie lets the right password pass there while others are slowed.

It opens nothing by itself. It holds the device's own number, and for each person who signed in there a fingerprint of
their password: another password makes every device unknown again.
"""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from gis_core.models import User

SALT = "arpent.device"
COOKIE = "__Secure-arpent_device" if settings.HTTPS else "arpent_device"
PATH = "/compte/"
KEPT_S = 365 * 86_400
# A shared computer of a town hall.
MOST_PEOPLE = 8


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """This person has signed in here."""
    device, people = read(request)
    others = [(pk, mark) for pk, mark in people if pk != user.pk]
    value = signing.dumps([device or uuid4().hex, [(user.pk, fingerprint(user)), *others][:MOST_PEOPLE]], salt=SALT)
    response.set_cookie(COOKIE, value, max_age=KEPT_S, path=PATH, secure=settings.HTTPS, httponly=True, samesite="Lax")


def device_of(request: HttpRequest, user: User | None) -> str:
    """The device's number if this person has signed in on it with the password of today; empty otherwise."""
    device, people = read(request)
    if user is None:
        return ""
    known = any(pk == user.pk and constant_time_compare(mark, fingerprint(user)) for pk, mark in people)
    return device if known else ""


def read(request: HttpRequest) -> tuple[str, list[tuple[int, str]]]:
    """What the cookie says, if we signed it within a year."""
    try:
        device, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_S)
        return str(device), [(int(pk), str(mark)) for pk, mark in people]
    except (signing.BadSignature, ValueError, TypeError):
        return "", []


def fingerprint(user: User) -> str:
    password: Any = user.password
    return salted_hmac(SALT, str(password), algorithm="sha256").hexdigest()[:24]
