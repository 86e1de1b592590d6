"""What every address answers, word by word, and with how many queries: a net for changes that must change nothing.

A difference is a fault, or is wanted: see README.md.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.golden import kept
from tests.golden.texts import words_of
from tests.policy.routes import ROUTES, TABLE
from tests.policy.table import ROLES, Line
from tests.policy.world import World, ask
from tiles import asking

pytestmark = pytest.mark.django_db
# Answers that are no text of ours, or of the machine.
LEFT_OUT = frozenset({"metrics", "health/ready", "health/live"})
LONG = 50_000
LOOKING = ("anonymous", "permit_instructor", "network_technician", "gis_administrator", "agency_administrator")


def asked(route: str) -> Iterator[tuple[Line, str]]:
    """Whose objects are asked for by whom: those who get an answer, the one with most rights last."""
    for line in TABLE:
        if line.names(route) and "GET" in line.methods and line.scope in ("-", "own", "public"):
            for role, status in zip(ROLES, line.statuses, strict=True):
                if role in LOOKING and status in ("200", "201"):
                    yield line, role


def answers_of(world: World, route: str) -> str:
    """Every answer of a route; the same one to several people stands once."""
    found: dict[str, list[str]] = {}
    for line, role in asked(route):
        once(world, line, role, route)  # what is read once in a process is known after it
        with CaptureQueriesContext(connection) as counted:
            words = once(world, line, role, route)
        found.setdefault(words, []).append(f"{role} {line.scope} ({len(counted)} queries)")
    *others, last = found or [""]
    shown = {**{words: short(words) for words in others}, last: last}
    return "\n".join(f"=== {', '.join(people)}\n{shown[words]}" for words, people in found.items())


def short(words: str) -> str:
    """Of long answers to several people one is kept whole, that to whoever has most rights."""
    if len(words) < LONG:
        return words
    return f"{words.partition(chr(10))[0]}\n{len(words)} characters, {sha256(words.encode()).hexdigest()}\n"


def once(world: World, line: Line, role: str, route: str) -> str:
    return answered(lambda: ask(world, "GET", line.scope, role, route))


def answered(ask_it: Callable[[], Any]) -> str:
    """An answer in words; what it wrote is undone."""
    asking.forget_everybody()
    with transaction.atomic():
        answer = ask_it()
        words = words_of(answer)
        transaction.set_rollback(True)
    for close in answer._resource_closers:
        close()
    return words


def name_of(route: str) -> str:
    return kept.plain(re.sub(r"<(?:\w+:)?(\w+)>", r"\1", route).strip("/") or "map")


@pytest.mark.parametrize("route", [one for one in ROUTES if one not in LEFT_OUT and any(asked(one))])
def test_an_address_answers_what_it_did(world: World, route: str, db: Any) -> None:
    kept.check("answers", name_of(route), answers_of(world, route))


def test_no_answer_is_kept_of_an_address_that_is_gone() -> None:
    assert not kept.left_over("answers", map(name_of, ROUTES))
