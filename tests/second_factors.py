"""What tests of the second factor share: codes as a phone computes them (RFC 6238), without allauth's help."""

import base64
import hashlib
import hmac
import re
import struct
import time
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from gis_core.models import User
from tests import factories

PASSWORD = "un cheval mange des huîtres"
HTML = {"accept": "text/html", "accept-language": "fr", "origin": "http://testserver"}
FACTOR = "/compte/second-facteur/"
SIGN_IN = "/compte/connexion/"
STEP_S = 30


def code_of(secret: str, at: float | None = None) -> str:
    """The six figures that an application shows at this instant (Unix time)."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // STEP_S))
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def secret_on(page: str) -> str:
    """The secret of the address that the picture (QR code) holds, as the page gives it."""
    address = re.findall(r'href="(otpauth://[^"]+)"', page)[0]
    return parse_qs(urlsplit(unescape(address)).query)["secret"][0]


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    with factories.as_owner():
        user.save()
    return user


def browser_of(user: User) -> Client:
    """A browser in which the person has just signed in."""
    client = Client(headers=HTML)
    client.force_login(user)
    return client


def add_application(user: User) -> str:
    """Set an application up as its owner does; returns its secret. The code that proved it was of two steps ago."""
    client = browser_of(user)
    secret = secret_on(client.get(f"{FACTOR}application/").text)
    answer = client.post(f"{FACTOR}application/", {"code": code_of(secret, time.time() - STEP_S)})
    assert answer.status_code == 302, answer.text
    return secret


def first_step(client: Client, user: User, **fields: str) -> Any:
    return client.post(SIGN_IN, {"login": user.username, "password": PASSWORD, **fields})


def second_step(client: Client, code: str, **fields: str) -> Any:
    return client.post(f"{FACTOR}connexion/", {"code": code, **fields})
