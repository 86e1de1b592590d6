"""Asking servers that are not ours: connections go only to addresses that were checked, within limits of time and size,
without cookies; every redirection is a new request, checked like the first."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from gis_core.errors import Busy
from gis_core.outside.addresses import Allowed, Target, addresses, check_allowed, target_of
from gis_core.outside.errors import NoAnswer

CONNECT_SECONDS = 4.0
MOST_REDIRECTIONS = 3
MOST_ADDRESSES = 2
REDIRECTIONS = (301, 302, 303, 307, 308)
CHUNK_BYTES = 65_536
AGENT = "Arpent"
WAIT_SECONDS = 0.3
RESTED_AFTER, REST_SECONDS = 3, 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one request may take, redirections included."""

    seconds: float
    bytes: int


class Places:
    """How many requests of a kind are under way at once in one process, of its four threads."""

    def __init__(self, most: int) -> None:
        self.free = threading.BoundedSemaphore(most)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Slow servers of others must not keep all threads of ours. Raises Busy."""
        if not self.free.acquire(timeout=WAIT_SECONDS):
            raise Busy(_("Other servers are being asked for too much at once: ask again in a moment."))
        try:
            yield
        finally:
            self.free.release()


IMAGES = Places(3)
TILE = Limits(seconds=12.0, bytes=4_000_000)
DOCUMENT = Limits(seconds=20.0, bytes=8_000_000)


@dataclass(frozen=True, slots=True)
class Sending:
    """What a request has beside its address; one with a body is a POST."""

    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its status, its headers by their names in small letters, its body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class HostHealth:
    """How a host has answered lately: one that failed several times in a row is left alone for a while."""

    failures: int = 0
    rests_until: float = 0.0


@dataclass(slots=True)
class Hosts:
    """What this process knows about the hosts that it asked."""

    known: dict[str, HostHealth] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, host: str) -> None:
        with self.lock:
            health = self.known.get(host)
        if health and health.rests_until > time.monotonic():
            raise NoAnswer(_("The server “%(host)s” does not answer; it is asked again in a moment.") % {"host": host})

    def record(self, host: str, *, answered: bool) -> None:
        with self.lock:
            health = self.known.setdefault(host, HostHealth())
            health.failures = 0 if answered else health.failures + 1
            if health.failures >= RESTED_AFTER:
                health.failures, health.rests_until = 0, time.monotonic() + REST_SECONDS


hosts = Hosts()


def fetch(url: str, limits: Limits, allowed: Allowed, headers: Mapping[str, str] | None = None) -> Fetched:
    """Ask for an address and follow where it leads. Any status is an answer. Raises NotAllowed, NoAnswer, Busy."""
    deadline = time.monotonic() + limits.seconds
    with IMAGES.take():
        for _step in range(MOST_REDIRECTIONS + 1):
            target = target_of(url)
            check_allowed(target, allowed)
            answer = ask(url, target, limits, deadline, Sending(headers or {}))
            place = answer.headers.get("location")
            if answer.status not in REDIRECTIONS or not place:
                return answer
            url = urljoin(url, place)
    raise NoAnswer(_("The server “%(host)s” only ever sends elsewhere.") % {"host": target.host})


def send(
    url: str,
    limits: Limits,
    allowed: Allowed,
    places: Places,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Fetched:
    """One request, a POST where it has a body, that follows no redirection: they are answers as any other status.

    Raises NotAllowed, NoAnswer, Busy.
    """
    target = target_of(url)
    check_allowed(target, allowed)
    with places.take():
        return ask(url, target, limits, time.monotonic() + limits.seconds, Sending(headers or {}, body))


def ask(url: str, target: Target, limits: Limits, deadline: float, sending: Sending) -> Fetched:
    """One request to one of the host's checked addresses."""
    hosts.check(target.authority)
    ips = addresses(target)[:MOST_ADDRESSES]
    for rank, address in enumerate(ips, start=1):
        try:
            answer = ask_at(address, url, target, limits, deadline, sending)
        except ConnectionError as error:
            if rank < len(ips):
                continue
            hosts.record(target.authority, answered=False)
            raise NoAnswer(_("The server “%(host)s” does not answer.") % {"host": target.host}) from error
        hosts.record(target.authority, answered=True)
        return answer
    raise NoAnswer(_("The server “%(host)s” does not answer.") % {"host": target.host})


def ask_at(address: str, url: str, target: Target, limits: Limits, deadline: float, sending: Sending) -> Fetched:
    """The answer of one address of the server, whole, before the deadline; redirections are not followed.

    Raises ConnectionError where nothing can be had, NoAnswer for what is too much.
    """
    connection = connection_to(address, target)
    # Whatever the connection is at, it ends then: a server that sends a byte a second would never run into a timeout.
    watchdog = threading.Timer(max(deadline - time.monotonic(), 0.01), connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request(
            "GET" if sending.body is None else "POST",
            target.path,
            body=sending.body,
            headers=request_headers(sending.headers),
            preload_content=False,
            decode_content=False,
        )
        # An answer whose end is not read holds the connection's socket.
        with closing(connection.getresponse()) as response:
            body = read(response, limits, target) if response.status not in REDIRECTIONS else b""
        if connection.was_cut:
            raise ConnectionError
        return Fetched(url, response.status, {name.lower(): value for name, value in response.headers.items()}, body)
    except (HTTPError, OSError, ValueError) as error:
        raise ConnectionError from error
    finally:
        watchdog.cancel()
        connection.close()


def request_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """What a server of others learns of who asks: nothing."""
    return {"User-Agent": AGENT, "Accept-Encoding": "identity", "Connection": "close", **headers}


def read(response: BaseHTTPResponse, limits: Limits, target: Target) -> bytes:
    """The body, as far as the limit. Raises NoAnswer beyond it."""
    size = 0
    chunks = []
    while chunk := response.read1(CHUNK_BYTES):
        size += len(chunk)
        if size > limits.bytes:
            message = _("The server “%(host)s” sends more than %(most)s MB at once.")
            raise NoAnswer(message % {"host": target.host, "most": limits.bytes // 1_000_000})
        chunks.append(chunk)
    return b"".join(chunks)


class Pinned(HTTPConnection):
    """A connection by a host's name to one address of it: no name is resolved a second time."""

    address = ""
    plain: socket.socket | None = None
    was_cut = False

    def _new_conn(self) -> socket.socket:
        self.plain = socket.create_connection((self.address, self.port), timeout=CONNECT_SECONDS)
        self.plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.plain

    def cut(self) -> None:
        """End it from another thread: whoever reads from it finds its end."""
        self.was_cut = True
        for end in (self.sock, self.plain):
            try:
                if end is not None:
                    end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class PinnedTLS(Pinned, HTTPSConnection):
    """The same, with the certificate checked against the host's name."""


def connection_to(address: str, target: Target) -> Pinned:
    options: dict[str, Any] = {"timeout": CONNECT_SECONDS}
    kind: type[Pinned] = Pinned
    if target.scheme == "https":
        kind, options = PinnedTLS, options | {"ssl_context": tls_context()}
    connection = kind(target.host.strip("[]"), target.port, **options)
    connection.address = address
    return connection


@cache
def tls_context() -> ssl.SSLContext:
    """The certificates that the machine trusts."""
    return ssl.create_default_context()
