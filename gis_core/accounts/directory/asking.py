"""Asks the servers of a directory, in order, each in a process that is killed when it is late (`child`).

One that does not answer in time is left alone by everybody for a minute: a server that hangs costs a person three
seconds once, and the others nothing.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from gis_core.accounts.directory.options import Options
from gis_core.database import clock
from gis_core.errors import Unavailable
from gis_core.models import SignInMethod

CHILD = Path(__file__).with_name("child.py")
SIGN_IN_S = 3.0
READ_S = 120.0
DOWN_S = 60
LONGEST_LINE = 64 * 1024 * 1024
# Neither the machine's settings of LDAP nor those of the site's environment count.
ENVIRONMENT = {"LDAPNOINIT": "1", "LANG": "C.UTF-8"}
# What another server may answer better; everything else is the directory's answer.
OF_ONE_SERVER = frozenset(
    {"name_unknown", "no_answer", "certificate", "no_tls", "bind_refused", "no_base", "not_allowed", "strange", "late"}
)
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

    `hear` is given each person and group as they come, `begin` called before each server; `remembers`: servers known
    not to answer are left out.
    """
    options = Options.from_json(method.options)
    request = options.as_json() | {
        "act": act,
        "secret": method.secret,
        "now": clock.now().timestamp(),
        "network_s": min(within_s, SIGN_IN_S),
        **more,
    }
    trouble = Trouble("no_answer")
    for server in options.servers:
        if remembers and cache.get(down_key(server)):
            trouble = Trouble("no_answer", server=server)
            continue
        begin()
        answer = converse(request | {"server": server}, within_s, hear)
        if not isinstance(answer, Trouble):
            cache.delete(down_key(server))
            return answer
        if answer.code not in OF_ONE_SERVER and answer.code not in MESSAGES:
            raise DirectoryRefusal(answer.code)
        if answer.code in DOWN:
            cache.set(down_key(server), True, DOWN_S)
        trouble = answer
    raise DirectoryTrouble(trouble)


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
