"""Pipes cut and joined by the shared tools: what hangs on them goes to the piece on which it lies."""

import pytest
from django.contrib.gis.geos import LineString

from layers.catalogue.models import Layer
from layers.features.services.reshape import merge, split
from layers.features.services.write import Edit
from tests.networks.conftest import WEB, Network, X, Y, at

pytestmark = pytest.mark.django_db


def cut(network: Network, pipe: int, x: float) -> tuple[int, int]:
    """The piece that keeps the id (the longer one) and the new one."""
    line = LineString([(X + x, Y - 20), (X + x, Y + 20)], srid=2154)
    with network.as_():
        layer, rights = Layer.objects.get(slug="water-pipes"), network.rights()
        version = network.version("water-pipes", pipe)
        kept, new = split(layer, pipe, line, version=version, rights=rights, origin=WEB)
    return kept.id, new.id


def repair(network: Network, x: float) -> int:
    edit = Edit(action="create", properties={"network": "water"}, geometry=at(x, 0))
    (written,) = network.edit("water-repairs", [edit])
    return written.id


def pipe_of(network: Network, table: str, pk: int) -> int:
    ((found,),) = network.rows(f"select pipe_id from {table} where id = {pk}")
    return int(found)


def test_connections_hang_on_the_piece_on_which_they_lie(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0))
    near, far = (network.make("water-connections", at(x, 5)) for x in (90, 20))
    kept, new = cut(network, pipe, 70)
    assert (pipe_of(network, "water_connection", near), pipe_of(network, "water_connection", far)) == (new, kept)


def test_repairs_go_to_the_piece_and_to_no_pipe_beside_it(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0))
    network.pipe((85, 4), (95, 4))
    near, far = (repair(network, x) for x in (90, 20))
    assert pipe_of(network, "water_repair", near) == pipe
    kept, new = cut(network, pipe, 70)
    assert (pipe_of(network, "water_repair", near), pipe_of(network, "water_repair", far)) == (new, kept)


def test_what_hangs_on_pipes_that_are_joined_hangs_on_the_whole(network: Network) -> None:
    first, second = network.pipe((0, 0), (60, 0)), network.pipe((60, 0), (100, 0))
    connection, repaired = network.make("water-connections", at(80, 5)), repair(network, 90)
    assert pipe_of(network, "water_connection", connection) == second
    with network.as_():
        layer, rights = Layer.objects.get(slug="water-pipes"), network.rights()
        features = [(pk, network.version("water-pipes", pk)) for pk in (first, second)]
        merge(layer, features, rights=rights, origin=WEB)
    assert (pipe_of(network, "water_connection", connection), pipe_of(network, "water_repair", repaired)) == (
        first,
        first,
    )
