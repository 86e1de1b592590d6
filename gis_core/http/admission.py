"""What costs runs a few at a time in each process, fairly among people, so that everything else keeps its threads.

A service or a view says what it does in one line, `with limited(PDF):` or `@limited(PDF)`; who asks is known from the
request (`gis_core.http.middleware`), and outside of a request (jobs, commands) nothing is limited. Those who have
signed in and those who have not never share a place. See docs/adr/0037.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils.translation import gettext as _
from prometheus_client import Counter, Gauge, Histogram

from gis_core.errors import Busy
from gis_core.members.rights import Rights


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that costs, and how many run at once in a process: of those who have signed in, and of all others."""

    name: str
    signed_in: int = 2
    anonymous: int = 1

    def at_once(self, actor: Actor) -> int:
        return self.anonymous if actor.user_id is None else self.signed_in

    def of_one(self, actor: Actor) -> int:
        """How many places one actor holds, those where they wait among them; a person may have one that waits."""
        return self.anonymous if actor.user_id is None else max(2, self.signed_in)


PDF = Kind("pdf")
DOWNLOAD = Kind("download")
TABLE = Kind("table")
PARCELS = Kind("parcels")
SEARCH = Kind("search", anonymous=2)
HERE = Kind("here", signed_in=3, anonymous=2)
LIST = Kind("list", anonymous=2)
FILTER = Kind("filter", anonymous=2)
TRACE = Kind("trace")
MAP = Kind("map", signed_in=1)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person for their members, or nobody known, from an address."""

    user_id: int | None
    members: frozenset[int]
    address: str

    @classmethod
    def of(cls, rights: Rights, address: str) -> Actor:
        return cls(rights.user_id, frozenset(rights.roles), "" if rights.signed_in else address)

    @property
    def key(self) -> tuple[int | None, str]:
        """What tells one actor from another."""
        return self.user_id, self.address


@dataclass(eq=False, slots=True)
class Ticket:
    """One request's place: it waits, then runs."""

    kind: Kind
    actor: Actor
    arrived: float
    running: bool = False


RUNNING = Gauge(
    "arpent_costly_running", "Costly requests that run now.", ["kind", "asker"], multiprocess_mode="livesum"
)
REFUSED = Counter("arpent_costly_refused_total", "Costly requests refused because others run.", ["kind", "asker"])
WAITED = Histogram(
    "arpent_costly_wait_seconds",
    "Time that costly requests waited for their turn.",
    ["kind", "asker"],
    buckets=(0.01, 0.1, 0.5, 1, 2, 5),
)


class Pool:
    """The places of one class of actors in this process. `most_here` counts those who wait too: each holds a thread."""

    def __init__(self, name: str, *, most_here: int, patience_s: float) -> None:
        self.name, self.most_here, self.patience_s = name, most_here, patience_s
        self.tickets: list[Ticket] = []
        self.changed = threading.Condition()

    def enter(self, kind: Kind, actor: Actor) -> Ticket:
        """A place, after a wait of `patience_s` at most. Raises Busy."""
        ticket = Ticket(kind, actor, time.monotonic())
        with self.changed:
            theirs = sum(one.actor.key == actor.key and one.kind == kind for one in self.tickets)
            if len(self.tickets) >= self.most_here or theirs >= kind.of_one(actor):
                raise self.refusal(kind)
            self.tickets.append(ticket)
            if not self.changed.wait_for(lambda: self.may_run(ticket), self.patience_s):
                self.tickets.remove(ticket)
                self.changed.notify_all()
                raise self.refusal(kind)
            ticket.running = True
            self.changed.notify_all()
        WAITED.labels(kind.name, self.name).observe(time.monotonic() - ticket.arrived)
        RUNNING.labels(kind.name, self.name).inc()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the place to whoever is next."""
        with self.changed:
            self.tickets.remove(ticket)
            self.changed.notify_all()
        RUNNING.labels(ticket.kind.name, self.name).dec()

    def may_run(self, ticket: Ticket) -> bool:
        """Whether there is a place, and nobody before: fewest running for the member, then the person, then by time."""
        same = [one for one in self.tickets if one.kind == ticket.kind]
        running = [one for one in same if one.running]

        def turn(one: Ticket) -> tuple[int, int, float]:
            members = sum(not one.actor.members.isdisjoint(other.actor.members) for other in running)
            return members, sum(one.actor.key == other.actor.key for other in running), one.arrived

        waiting = [one for one in same if not one.running]
        return len(running) < ticket.kind.at_once(ticket.actor) and ticket is min(waiting, key=turn)

    def refusal(self, kind: Kind) -> Busy:
        REFUSED.labels(kind.name, self.name).inc()
        return Busy(_("Too many people ask for this at the moment. Try again in a few seconds."))


# Of the eight threads of a process (`gis_core.operations.services`), two are always left for everything else.
SIGNED_IN = Pool("signed_in", most_here=4, patience_s=5)
ANONYMOUS = Pool("anonymous", most_here=2, patience_s=1)

_actor: ContextVar[Actor | None] = ContextVar("arpent_actor", default=None)
_inside: ContextVar[bool] = ContextVar("arpent_costly", default=False)


@contextmanager
def on_behalf_of(actor: Actor) -> Iterator[None]:
    """What costs, inside, counts as this actor's."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


@contextmanager
def limit_concurrency(kind: Kind) -> Iterator[None]:
    """Run the block as one of the few of its kind, after a short wait if need be; what it calls counts with it.

    Raises Busy. Works as a decorator too, and in a generator that has a context of its own.
    """
    actor = _actor.get()
    if actor is None or _inside.get():
        yield
        return
    pool = SIGNED_IN if actor.user_id is not None else ANONYMOUS
    ticket, token = pool.enter(kind, actor), _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)
        pool.leave(ticket)
