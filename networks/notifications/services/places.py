"""Where contacts and addresses are: addresses compared as words, found among those of the platform; service
connections by their key, which is the layer and the object ("water-connections:123")."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from gis_core.database.statements import fetch_all
from layers.cadastre.geocoder import find_addresses
from layers.catalogue.models import Layer
from layers.features.search_terms import split_terms

KEY = re.compile(r"([a-z][a-z-]{0,40}-connections):([1-9]\d{0,17})")
DEFAULT_LAYER = "water-connections"
LEFT_OUT = frozenset({"cedex", "france"})
POSTCODE = re.compile(r"\d{5}")
SURE = 0.75
"""An address less like what was written is not taken for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Metres in EPSG:2154."""

    x: float
    y: float


def address_key(text: str) -> str:
    """An address as it is compared: its words, without postcodes, which are written now one way and now another."""
    return " ".join(word for word in split_terms(text) if word not in LEFT_OUT and not POSTCODE.fullmatch(word))[:260]


def locate_contact(key: str, address: str) -> Place | None:
    """Where somebody is: at their service connection, else at their address."""
    if key and (served := connections_at([key]).get(key)):
        return served.place
    return places_of([address])[0] if address else None


def places_of(addresses: Sequence[str]) -> list[Place | None]:
    """Where addresses are among those of the platform, as far as that is sure."""
    addresses_known = find_addresses(addresses)
    return [Place(one.x, one.y) if one is not None and one.score >= SURE else None for one in addresses_known]


@dataclass(frozen=True, slots=True)
class Served:
    """A service connection that the asker sees."""

    key: str
    address: str
    place: Place


def connections_at(keys: Sequence[str]) -> Mapping[str, Served]:
    """The service connections of these keys, of those that the asker sees; each layer is asked once."""
    keys_by_layer: dict[str, list[int]] = defaultdict(list)
    for key in keys:
        if match := KEY.fullmatch(key):
            keys_by_layer[match[1]].append(int(match[2]))
    served = [
        one for slug, ids in keys_by_layer.items() for one in read_connections(slug, sql.SQL("id = any(%s)"), ids)
    ]
    return {one.key: one for one in served}


def connections_called(references: Sequence[str], owner_id: int) -> Mapping[str, Served]:
    """A member's connections of drinking water by the references that people write."""
    return {reference: one for one, reference in read_by_reference(references, owner_id)} if references else {}


def read_connections(slug: str, condition: sql.SQL, values: Sequence[int]) -> list[Served]:
    layer = Layer.objects.filter(slug=slug).first()
    if layer is None:
        return []
    statement = sql.SQL("select id, coalesce(address, ''), st_x(geom), st_y(geom) from {} where {}").format(
        sql.Identifier(layer.table), condition
    )
    rows = fetch_all(statement, [list(values)])
    return [Served(f"{slug}:{pk}", address, Place(x, y)) for pk, address, x, y in rows]


def read_by_reference(references: Sequence[str], owner_id: int) -> list[tuple[Served, str]]:
    layer = Layer.objects.filter(slug=DEFAULT_LAYER).first()
    if layer is None:
        return []
    statement = sql.SQL(
        "select id, coalesce(address, ''), st_x(geom), st_y(geom), reference from {}"
        " where reference = any(%s) and owner_id = %s"
    ).format(sql.Identifier(layer.table))
    rows = fetch_all(statement, [list(references), owner_id])
    return [(Served(f"{DEFAULT_LAYER}:{pk}", address, Place(x, y)), name) for pk, address, x, y, name in rows]
