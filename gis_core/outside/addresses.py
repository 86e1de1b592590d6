"""Addresses of other servers: which hosts they name, and the internet addresses that one may connect to."""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.outside.errors import NoAnswer, NotAllowed

PORTS = {"http": 80, "https": 443}
UNICAST_V6 = ipaddress.ip_network("2000::/3")
HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]")
LONGEST = 2_000
DNS_SECONDS = 5.0
_asking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="dns")

type Allowed = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes: the host as the list names it (`host` or `host:port`), and what to ask it for."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        return self.host if self.port == PORTS[self.scheme] else f"{self.host}:{self.port}"


def target_of(url: str) -> Target:
    """The parts of an http or https address. Raises NotAllowed for any other, and for one with a password in it."""
    if len(url) > LONGEST or not url.isprintable() or any(character.isspace() for character in url):
        raise NotAllowed(_("This is no address of the web: it is too long or has a space in it."))
    try:
        parts = urlsplit(url)
        host, port = normalize_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise NotAllowed(_("This is no address of the web.")) from error
    if parts.scheme not in PORTS or HOST.fullmatch(host) is None:
        raise NotAllowed(_("Write an address that begins with https:// or http://, with the name of a server."))
    if parts.username is not None or parts.password is not None:
        raise NotAllowed(_("Addresses with a user name or a password in them are not taken."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


def normalize_host(host: str) -> str:
    """A host's name as it is asked of the DNS; an IPv6 address between brackets. Raises ValueError."""
    if ":" in host:
        return f"[{host.lower()}]"
    return host.rstrip(".").encode("idna").decode().lower() if host else ""


def check_allowed(target: Target, allowed: Allowed) -> None:
    if not allowed(target.authority):
        message = _(
            "The server “%(host)s” is not on the list of those that may be asked; the agency administrator adds it."
        )
        raise NotAllowed(message % {"host": target.authority}, host=target.authority)


def addresses(target: Target) -> list[str]:
    """The internet addresses of a host, resolved now. Raises NotAllowed if any of them is not of the open internet."""
    ips = resolve_host(target.host.strip("[]"), target.port)
    private: Collection[str] = settings.EXTERNAL_PRIVATE_HOSTS
    if target.authority not in private and not all(map(is_public, ips)):
        message = _("The server “%(host)s” lies in a private network: nothing is fetched from there.")
        raise NotAllowed(message % {"host": target.authority})
    return ips


def resolve_host(host: str, port: int, seconds: float = DNS_SECONDS) -> list[str]:
    """Its addresses, found within this time. Raises NoAnswer."""
    asking = _asking.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        results = asking.result(timeout=min(seconds, DNS_SECONDS))
    except (TimeoutError, OSError, UnicodeError) as error:
        raise NoAnswer(_("The name of the server “%(host)s” leads nowhere.") % {"host": host}) from error
    return list(dict.fromkeys(str(one[4][0]) for one in results))


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet, and no other way to write, or to reach, one that is not."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    indirect = address.ipv4_mapped or address.sixtofour or address.teredo or address.scope_id
    return address in UNICAST_V6 and not indirect
