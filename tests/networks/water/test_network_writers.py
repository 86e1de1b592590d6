"""Writers of one network at the same time, in real transactions: they follow each other, and none waits for ever."""

import random
import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from layers.features.errors import GeometryRefused, Missing, Stale
from layers.features.services.write import Edit
from tests.networks.conftest import Network, along
from tests.networks.water.test_topology_hardened import faults


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


def test_writers_of_one_pipe_follow_each_other(network: Network) -> None:
    with transaction.atomic():
        network.pipe((0, 0), (100, 0))
    told: list[str] = []

    def again(work: Callable[[random.Random], None], seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _turn in range(4):
                try:
                    with transaction.atomic():
                        work(chance)
                except (Stale, GeometryRefused, Missing):
                    continue
        except Exception as error:
            told.append(repr(error))
        finally:
            connections.close_all()

    def draw(chance: random.Random) -> None:
        (x, y), (to_x, to_y) = chance.choice(network.pipes())[0][:2]
        network.node((x + to_x) / 2, (y + to_y) / 2)

    def bend(chance: random.Random) -> None:
        ((start, *_between, end),) = [vertices for vertices, *_nodes in network.pipes()[:1]]
        (found,) = network.rows("select id, version from water_pipe order by st_xmin(geom), st_ymin(geom), id limit 1")
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + chance.randrange(1, 9))
        places = along(start, middle, end)
        network.edit("water-pipes", [Edit(action="update", id=found[0], version=found[1], geometry=places)])

    threads = [threading.Thread(target=again, args=(work, n)) for n, work in enumerate((draw, bend, draw, bend))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert told == []
    with transaction.atomic():
        assert faults(network) == []
        # Those drawn beside a pipe that was bent meanwhile cut nothing.
        assert network.rows("select count(*) > 2 from water_node") == [(True,)]
