"""Where the map opens for a technician whose territory is too large for its pipes to be seen at once."""

from typing import Any

import pytest
from django.test import RequestFactory

from gis_core.members.rights import Role
from gis_core.models import User
from gis_core.pages import map_config
from layers.features.starting_place import nearest_of
from tests.networks.conftest import Network, along, at

pytestmark = pytest.mark.django_db


def first_place(network: Network, who: str = Role.NETWORK_TECHNICIAN) -> Any:
    request = RequestFactory().get("/")
    request.user = network.people[who]
    with network.as_(who):
        return map_config(request)["first_place"]


def far_from(place: Any, x: float, y: float) -> float:
    """Metres between where the map opens and a place from the corner of the tests."""
    wanted = at(x, y).transform(4326, clone=True)
    return max(abs(place["center"][0] - wanted.x) * 75_000, abs(place["center"][1] - wanted.y) * 111_000)


def test_it_opens_at_the_pipe_nearest_to_the_middle_of_the_territory(network: Network) -> None:
    assert first_place(network) is None
    network.pipe((100, 100), (200, 100))
    network.pipe((1900, 2000), (1950, 2000))
    place = first_place(network)
    assert place["zoom"] == 13.5
    assert far_from(place, 1950, 2000) < 60


def test_sewers_do_where_there_is_no_drinking_water(network: Network) -> None:
    network.make("sewer-pipes", along((10, 10), (60, 60)), system="02")
    assert far_from(first_place(network), 60, 60) < 60


def test_nobody_else_and_nobody_who_arranged_the_map_is_sent_there(network: Network) -> None:
    network.pipe((100, 100), (200, 100))
    assert first_place(network, Role.READER) is None
    person = network.people[Role.NETWORK_TECHNICIAN]
    User.objects.filter(pk=person.pk).update(map_view="v=1&c=1.9,47.5&z=15")
    person.refresh_from_db()
    assert first_place(network) is None


def test_nothing_is_looked_at_beyond_the_territory(network: Network) -> None:
    network.pipe((100, 100), (200, 100))
    corners = [at(*place).transform(4326, clone=True) for place in ((300, 300), (900, 900))]
    beyond = [corners[0].x, corners[0].y, corners[1].x, corners[1].y]
    with network.as_(Role.NETWORK_TECHNICIAN):
        assert nearest_of("water_pipe")(beyond) is None
