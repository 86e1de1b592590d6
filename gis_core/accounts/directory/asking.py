"""Asks the servers of a directory, in order, each in a process that is killed when it is late (`child`).

All servers of one asking share its time. One that does not answer in its part is left alone by those who sign in for a
minute: a server that hangs costs a person three seconds at most, once, and the others nothing.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from gis_core.accounts.directory.options import Options
from gis_core.database import clock
from gis_core.errors import Unavailable
from gis_core.models import SignInMethod
from gis_core.outside.addresses import is_public, normalize_host, resolve_host
from gis_core.outside.errors import NoAnswer
from gis_core.outside.fetching import Places

CHILD = Path(__file__).with_name("child.py")
SIGN_IN_S = 3.0
READ_S = 90.0
# The least that a server is given, however many there are: starting to ask takes a tenth of a second.
LEAST_S = 1.0
DOWN_S = 60
PORTS = {"ldaps": 636, "ldap": 389}
# Sign-ins and trials, of a process's four threads.
PLACES = Places(2)
LONGEST_LINE = 64 * 1024 * 1024
# Neither the machine's settings of LDAP nor those of the site's environment count.
ENVIRONMENT = {"LDAPNOINIT": "1", "LANG": "C.UTF-8"}
DOWN = frozenset({"no_answer", "late"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a server gave no answer: one of the codes of `child`, or `late`; what it said, and which one it was."""

    code: str
    detail: str = ""
    server: str = ""


class DirectoryTrouble(Unavailable):
    """The directory did not answer, or not as it should: nothing is known of anybody."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(message_of(trouble))
        self.trouble = trouble


class DirectoryRefusal(Exception):  # noqa: N818
    """The directory refuses what it was asked: an unknown login, a wrong password (`code`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(
    method: SignInMethod,
    act: str,
    *,
    within_s: float,
    hear: Callable[[str, Any], None] = lambda _kind, _value: None,
    begin: Callable[[], None] = lambda: None,
    remembers: bool = True,
    **more: Any,
) -> dict[str, Any]:
    """What the first server that answers says.

    Raises DirectoryTrouble, DirectoryRefusal, Invalid (the secret was kept under another key).

    `within_s` is for all servers together. `hear` is given each person and group as they come, `begin` called before
    each server; `remembers`: servers known not to answer are left out, and those that do not answer become known.
    """
    options = Options.from_json(method.options)
    request = options.as_json() | {
        "act": act,
        "secret": method.secret,
        "now": clock.now().timestamp(),
        **more,
    }
    down = [one for one in options.servers if remembers and cache.get(down_key(one))]
    waiting = [one for one in options.servers if one not in down]
    trouble = Trouble("no_answer", server=down[-1] if down else "")
    end = time.monotonic() + within_s
    while waiting and (left_s := end - time.monotonic()) > 0:
        share_s = min(left_s, max(LEAST_S, left_s / len(waiting)))
        server = waiting.pop(0)
        begin()
        answer = ask_one(request | {"server": server}, share_s, hear)
        if not isinstance(answer, Trouble):
            return answer
        if answer.code not in MESSAGES:
            raise DirectoryRefusal(answer.code)
        if answer.code in DOWN and remembers:
            cache.set(down_key(server), True, DOWN_S)
        trouble = answer
    raise DirectoryTrouble(trouble)


def ask_one(request: dict[str, Any], within_s: float, hear: Callable[[str, Any], None]) -> dict[str, Any] | Trouble:
    """What one server says, if it may be asked at all."""
    end = time.monotonic() + within_s
    if code := refusal_of_address(request["server"], within_s):
        return Trouble(code, server=request["server"])
    left_s = max(end - time.monotonic(), 0.01)
    return converse(request | {"network_s": min(left_s, SIGN_IN_S)}, left_s, hear)


def refusal_of_address(server: str, within_s: float) -> str:
    """Why a server may not be asked, empty where it may: one in a private network must be the operator's (its name, or
    its name and port, in ARPENT_PRIVATE_HOSTS), whoever set the directory."""
    parts = urlsplit(server)
    try:
        host, port = normalize_host(parts.hostname or ""), parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return "name_unknown"
    if {f"{host}:{port}", *([host] if port in PORTS.values() else [])} & settings.EXTERNAL_PRIVATE_HOSTS:
        return ""
    try:
        ips = resolve_host(host.strip("[]"), port, within_s)
    except NoAnswer:
        return "name_unknown"
    return "" if all(map(is_public, ips)) else "private"


def down_key(server: str) -> str:
    return f"arpent:directory:down:{hashlib.sha256(server.encode()).hexdigest()[:32]}"


def converse(request: dict[str, Any], within_s: float, hear: Callable[[str, Any], None]) -> dict[str, Any] | Trouble:
    """One conversation with one server, over within this time whatever the server does."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    with subprocess.Popen(
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        encoding="utf-8",
    ) as process:
        timer = threading.Timer(within_s, end)
        timer.start()
        try:
            assert process.stdin
            process.stdin.write(json.dumps(request))
            process.stdin.close()
            answer = listen(iter(lambda: process.stdout.readline(LONGEST_LINE), ""), hear)  # type: ignore[union-attr]
        except (OSError, ValueError) as error:
            answer = Trouble("strange", str(error))
        finally:
            timer.cancel()
            process.kill()
    if isinstance(answer, Trouble):
        return Trouble("late" if late.is_set() else answer.code, answer.detail, request["server"])
    return answer


def listen(lines: Iterable[str], hear: Callable[[str, Any], None]) -> dict[str, Any] | Trouble:
    """The end of what the child says; without any it was killed, or broke."""
    for line in lines:
        for kind, value in json.loads(line).items():
            if kind == "done":
                done: dict[str, Any] = value
                return done
            if kind == "error":
                return Trouble(value["code"], value["detail"])
            hear(kind, value)
    return Trouble("strange")


MESSAGES: dict[str, Callable[[], str]] = {
    "name_unknown": lambda: _("The name of the directory's server %(server)s is unknown: correct it, or the DNS."),
    "private": lambda: _(
        "The directory's server %(server)s lies in a private network: whoever operates the platform adds its name to "
        "the setting ARPENT_PRIVATE_HOSTS."
    ),
    "no_answer": lambda: _("The directory's server %(server)s does not answer: try again in a minute."),
    "late": lambda: _("The directory's server %(server)s took too long to answer: try again in a minute."),
    "certificate": lambda: _(
        "The certificate of the server %(server)s is not one to trust: give the authority that signed it, and the "
        "server by the name that it bears. %(detail)s"
    ),
    "no_tls": lambda: _("The server %(server)s does not speak TLS: nothing is said to it in clear. %(detail)s"),
    "bind_refused": lambda: _("The directory refuses the reading account: check its name and its password."),
    "no_base": lambda: _("There is no such base in the directory: check the base of people and that of groups."),
    "not_allowed": lambda: _("The reading account may not read this base: give it the right in the directory."),
    "filter": lambda: _("The directory does not understand the filter: check its brackets."),
    "no_id": lambda: _("The directory gives no identifier (%(detail)s) to the reading account: check its name."),
    "incomplete": lambda: _("The directory gives a part of its answer only (%(detail)s): raise its limits."),
    "strange": lambda: _("The server %(server)s gives an answer that is none of a directory. %(detail)s"),
}


def message_of(trouble: Trouble) -> str:
    """What went wrong and what to do, in the reader's language."""
    said = MESSAGES.get(trouble.code, MESSAGES["strange"])() % {"server": trouble.server, "detail": trouble.detail}
    return said.strip()
