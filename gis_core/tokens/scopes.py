"""What a token is made for: whether it writes, on which desks and layers, from which addresses.

The one place that asks (`gis_core.http.middleware.who_asks`, and `tiles.asking` in front of it); no route needs
anything of its own. Layers are narrowed by PostgreSQL (`arpent.opens_layer`), and so is writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address, ip_network

from django.utils.translation import gettext as _

from gis_core.http.reading import READING, keeps_nothing, reading_alone
from gis_core.members.rights import Rights, token_reads
from gis_core.models import ApiToken
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk

# What every token reads: who it is, and what the API offers.
OPEN_TO_ALL = ("api/v1/me/", "api/schema/")


def why_refused(token: ApiToken | None, *, method: str, path: str, address: str) -> str:
    """Why the token does not open this address (`/api/v1/…`) for this method; empty where it does."""
    if token is None:
        return ""
    if token.networks and not is_within(address, token.networks):
        return _("This API token may not be used from this network address.")
    if (token.desks or token.layers) and not is_opened(token, path.removeprefix("/")):
        return _("This API token is not made for this part of the platform.")
    if not token.may_write and method not in READING and not keeps_nothing(path):
        return _("This API token only reads: use one that may write.")
    return ""


def is_within(address: str, networks: list[str]) -> bool:
    """Whether an address is in one of the networks; one that nobody knows is in none."""
    try:
        result = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(result, "ipv4_mapped", None) or result
    return any(mapped in ip_network(one) for one in networks)


def is_opened(token: ApiToken, path: str) -> bool:
    return path.startswith((*OPEN_TO_ALL, *(prefix for desk in desks_of(token) for prefix in desk.prefixes)))


def desks_of(token: ApiToken) -> list[TokenDesk]:
    """The desks that the token opens: of a layer's, those that show layers alone."""
    if token.layers:
        return [desk for desk in TOKEN_DESKS.all() if desk.by_layer]
    return [desk for desk in TOKEN_DESKS.all() if desk.slug in token.desks]


def narrowed(rights: Rights, token: ApiToken | None) -> Rights:
    """The rights of the token's owner, on its layers alone."""
    return replace(rights, layers=frozenset(token.layers)) if token and token.layers else rights


@contextmanager
def writing_as(token: ApiToken | None) -> Iterator[None]:
    """In the block PostgreSQL refuses to write for a token that only reads."""
    if token is None or token.may_write:
        yield
        return
    mark = token_reads.set(True)
    try:
        with reading_alone():
            yield
    finally:
        token_reads.reset(mark)
