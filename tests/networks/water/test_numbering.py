"""New objects of a member have the next reference of its pattern, whoever makes them; imports do not."""

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from gis_core.models import Member
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from layers.features.models import Numbering
from tests import factories
from tests.networks.conftest import Network, X, Y, along, at

pytestmark = pytest.mark.django_db
VALVES = {"valve": "LYS-V{0000}", "": "LYS-N{000}"}


def number(owner: Member, slug: str, patterns: dict[str, str], column: str = "") -> None:
    with factories.as_owner():
        layer = Layer.objects.get(slug=slug)
        Numbering.objects.create(owner=owner, layer=layer, column=column, patterns=patterns)


def references(network: Network, table: str) -> list[Any]:
    return [one for (one,) in network.rows(f"select reference from {table} order by id")]


@pytest.fixture
def numbered(network: Network) -> Network:
    number(network.member, "water-nodes", VALVES, "kind")
    number(network.member, "water-pipes", {"": "C{00}"})
    return network


def test_an_object_has_the_next_number_of_its_kind(numbered: Network) -> None:
    numbered.node(0, 0)
    numbered.node(10, 0)
    numbered.node(20, 0, "hydrant")
    assert references(numbered, "water_node") == ["LYS-V0001", "LYS-V0002", "LYS-N001"]


def test_numbers_go_on_after_the_greatest_that_is_there(network: Network) -> None:
    network.node(0, 0, reference="LYS-V0131")
    number(network.member, "water-nodes", VALVES, "kind")
    network.node(10, 0)
    assert references(network, "water_node") == ["LYS-V0131", "LYS-V0132"]


def test_a_number_that_somebody_gave_by_hand_is_passed_over(numbered: Network) -> None:
    numbered.node(0, 0)
    numbered.node(10, 0, reference="LYS-V0002")
    numbered.node(20, 0)
    assert references(numbered, "water_node") == ["LYS-V0001", "LYS-V0002", "LYS-V0003"]


def test_both_pieces_of_a_pipe_that_a_valve_cuts_have_a_reference(numbered: Network) -> None:
    numbered.pipe((0, 0), (100, 0))
    numbered.node(40, 0)
    assert sorted(references(numbered, "water_pipe")) == ["C01", "C02"]


def test_the_rest_of_a_pipe_laid_over_a_node_has_a_reference(numbered: Network) -> None:
    numbered.node(40, 0)
    numbered.pipe((0, 0), (100, 0))
    assert sorted(references(numbered, "water_pipe")) == ["C01", "C02"]


def test_plain_ends_that_a_pipe_makes_have_none(numbered: Network) -> None:
    numbered.pipe((0, 0), (100, 0))
    assert references(numbered, "water_node") == [None, None]


def test_what_a_program_makes_is_numbered_too(numbered: Network) -> None:
    person = numbered.people["network_technician"]
    _token, secret = create_token(user=person, name="bureau")
    body = {
        "type": "Feature",
        "properties": {"kind": "valve", "service_state": "en_service"},
        "geometry": {"type": "Point", "coordinates": [X + 5, Y + 5]},
    }
    headers = {
        "authorization": f"Bearer {secret}",
        "content-crs": "<http://www.opengis.net/def/crs/EPSG/0/2154>",
    }
    answer = numbered.client().post(
        "/ogc/collections/water-nodes/items", body, content_type="application/geo+json", headers=headers
    )
    assert answer.status_code == 201, answer.content
    assert references(numbered, "water_node") == ["LYS-V0001"]


def test_the_commune_stands_in_the_reference(network: Network) -> None:
    number(network.member, "water-nodes", {"": "{insee}-{00}"})
    network.node(0, 0)
    assert references(network, "water_node") == ["45901-01"]


def test_what_an_import_brings_is_not_numbered(numbered: Network) -> None:
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(
            "insert into water_node (owner_id, kind, service_state, geom) values (%s, 'valve', 'en_service', %s)",
            [numbered.member.pk, at(0, 0).ewkb],
        )
    assert references(numbered, "water_node") == [None]


def test_the_pattern_of_another_member_is_not_ours(network: Network) -> None:
    number(network.other, "water-nodes", {"": "AUTRE-{000}"})
    network.node(0, 0)
    assert references(network, "water_node") == [None]


def test_a_write_that_is_refused_takes_no_number(numbered: Network) -> None:
    numbered.node(0, 0)
    with pytest.raises(Exception, match=r"."), transaction.atomic():
        numbered.node(0.01, 0)
    numbered.node(10, 0)
    assert references(numbered, "water_node") == ["LYS-V0001", "LYS-V0002"]


class TestTogether:
    """In real transactions, on a copy of the database."""

    @pytest.fixture
    def _django_db_helper(self, database: str) -> None:
        """Rows are kept: several connections see them."""

    def test_many_at_once_have_a_number_each(self, network: Network) -> None:
        with transaction.atomic():
            number(network.member, "water-nodes", {"": "V{000}"})
            number(network.member, "water-pipes", {"": "C{000}"})
            network.pipe((0, 0), (1000, 0))
        told: list[str] = []

        def draw(first: int) -> None:
            try:
                for step in range(5):
                    with transaction.atomic():
                        network.node(first + step * 40, 0)
                    with transaction.atomic():
                        network.make("water-pipes", along((first + step * 40, 100), (first + step * 40 + 5, 110)))
            except Exception as error:
                told.append(repr(error))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=draw, args=(10 * n + 5,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        assert told == []
        with transaction.atomic():
            nodes = network.rows("select reference from water_node where kind = 'valve' order by 1")
            pipes = network.rows("select reference from water_pipe order by 1")
        assert [one for (one,) in nodes] == [f"V{n:03}" for n in range(1, 21)]
        assert [one for (one,) in pipes] == [f"C{n:03}" for n in range(1, len(pipes) + 1)]
