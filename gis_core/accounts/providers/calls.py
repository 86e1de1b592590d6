"""Calls to a provider: by the guard of all calls to servers of others, https alone, few at once, soon over."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

from gis_core.accounts.providers.errors import ProviderSilent
from gis_core.outside.errors import NoAnswer, NotAllowed
from gis_core.outside.fetching import Fetched, Limits, Places, send

LIMITS = Limits(seconds=5.0, bytes=500_000)
# Of a process's four threads: a provider that hangs leaves two to everybody else, and after three such calls is left
# alone for half a minute (gis_core.outside.fetching.Hosts).
PLACES = Places(2)


def ask(url: str, *, headers: dict[str, str] | None = None, form: dict[str, str] | None = None) -> Fetched:
    """One call; a form is posted. Raises ProviderSilent, NotAllowed (no https, or a private network), Busy."""
    check_address(url)
    sent = {"Accept": "application/json, application/jwt", **(headers or {})}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    body = urlencode(form).encode() if form is not None else None
    try:
        return send(url, LIMITS, is_any, PLACES, sent, body)
    except NoAnswer as error:
        raise ProviderSilent(error.message) from error


def is_any(_authority: str) -> bool:
    """Whoever administers a member names its provider: any host of the open internet may be one."""
    return True


def check_address(url: str) -> None:
    """Raise NotAllowed for an address without TLS, but on the machine itself."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")):
        raise NotAllowed(_("The address of a provider begins with https://."))


def read_json(answer: Fetched) -> dict[str, Any]:
    """The object that an answer holds. Raises ProviderSilent for an error or anything else."""
    if answer.status != 200:
        raise ProviderSilent(
            _("“%(url)s” answers with the error %(status)s.") % {"url": place(answer.url), "status": answer.status}
        )
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ProviderSilent(_("“%(url)s” does not answer in JSON.") % {"url": place(answer.url)}) from error
    if not isinstance(value, dict):
        raise ProviderSilent(_("“%(url)s” does not answer in JSON.") % {"url": place(answer.url)})
    return value


def place(url: str) -> str:
    """An address as messages have it: without what follows the question mark."""
    return url.partition("?")[0][:200]
