"""The security journal sent on as syslog (RFC 5424): by UDP (RFC 5426), TCP with counted octets (RFC 6587, 3.4.1), TLS
(RFC 5425), or into a file. The worker sends every minute what was kept since.
"""

import logging
import os
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from json import dumps
from typing import Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gis_core.database.statements import execute, fetch_all
from gis_core.journal.searching import Event, made
from gis_core.members.rights import SYSTEM, acting_as

log = logging.getLogger("arpent.security")
PORTS: Final = {"udp": 514, "tcp": 601, "tls": 6514}
TIMEOUT_S: Final = 10.0
BATCH: Final = 500
MOST_BATCHES: Final = 200
# Facility 10 (security), severity 5 (notice), or 4 (warning) for what was refused.
NOTICE, WARNING = 10 * 8 + 5, 10 * 8 + 4
WARNED: Final = frozenset({"refused", "sign_in_failed", "sign_in_slowed"})
# RFC 5426 3.2: what receivers have to take; a longer line loses its detail.
LONGEST_DATAGRAM: Final = 2_048


def message(event: Event, host: str, longest: int | None = None) -> bytes:
    """A line as RFC 5424 has it: its kind of event is the MSGID, its JSON (ASCII) the message."""
    priority = WARNING if event.event in WARNED else NOTICE
    at = event.at.astimezone(UTC).isoformat(timespec="milliseconds")
    head = f"<{priority}>1 {at} {header(host, 255)} arpent - {header(event.event, 32)} - "
    text = head + dumps(event.as_line(), default=str)
    if longest is not None and len(text) > longest:
        kept = {name: value for name, value in event.as_line().items() if name not in event.detail}
        text = head + dumps(kept | {"about": event.about, "cut": True}, default=str)
    return text.encode("ascii", "replace")


def header(text: str, longest: int) -> str:
    """A field of the header: printable ASCII without blanks, `-` for none."""
    return "".join(one for one in text if "!" <= one <= "~")[:longest] or "-"


class Target(Protocol):
    def __call__(self, events: Iterable[Event]) -> None: ...


@contextmanager
def open_target(address: str) -> Iterator[Target]:
    """What sends lines to an address. Raises OSError (nobody there, a certificate that is not valid), ValueError."""
    url, host = urlsplit(address), socket.gethostname()
    if url.scheme == "file":
        descriptor = os.open(url.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "ab") as file:
            yield lambda events: file.writelines(message(one, host) + b"\n" for one in events)
        return
    if url.scheme not in PORTS or not url.hostname:
        raise ValueError(address)
    place = url.hostname, url.port or PORTS[url.scheme]
    if url.scheme == "udp":
        family, kind, number, _name, receiver = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, number) as datagrams:
            datagrams.settimeout(TIMEOUT_S)

            def send(events: Iterable[Event]) -> None:
                for one in events:
                    datagrams.sendto(message(one, host, LONGEST_DATAGRAM), receiver)

            yield send
        return
    with (
        socket.create_connection(place, timeout=TIMEOUT_S) as plain,
        secured(plain, url.scheme, url.hostname) as stream,
    ):
        yield lambda events: stream.sendall(b"".join(with_length(message(one, host)) for one in events))


@contextmanager
def secured(plain: socket.socket, scheme: str, name: str) -> Iterator[socket.socket]:
    """TLS by the authorities of the system, or those of SSL_CERT_FILE."""
    if scheme != "tls":
        yield plain
        return
    with ssl.create_default_context().wrap_socket(plain, server_hostname=name) as stream:
        yield stream
        stream.unwrap()


def with_length(text: bytes) -> bytes:
    return f"{len(text)} ".encode() + text


def send_events(timestamp: int = 0) -> int:
    """Send what the target (`SYSLOG`) has not received; how many lines. A target that is away is tried a minute later.

    A line counts as received once the system took it: what a broken connection had in its buffers is not sent again.
    """
    if not settings.SYSLOG:
        return 0
    sent = 0
    try:
        with acting_as(SYSTEM), open_target(settings.SYSLOG) as target:
            for _batch in range(MOST_BATCHES):
                rows = fetch_all("select * from arpent.security_events_to_send(%s, %s)", [settings.SYSLOG, BATCH])
                events = [made(row) for row in rows]
                if not events:
                    break
                target(events)
                execute("select arpent.note_security_events_sent(%s, %s)", [settings.SYSLOG, events[-1].id])
                sent += len(events)
    except OSError as error:
        log.warning("the security journal could not be sent on: %s", error)
    except ValueError as error:
        forms = "udp://hote:514, tcp://hote:601, tls://hote:6514 ou file:///chemin"
        raise ImproperlyConfigured(f"ARPENT_SYSLOG se règle ainsi : {forms}.") from error
    return sent
