"""Following drinking water and sewers, over HTTP."""

from typing import Any

import pytest

from networks.water.services import trace as service
from tests.networks.conftest import Network, X, Y, along, at


def traced(network: Network, body: Any, family: str = "water", who: str = "reader", status: int = 200) -> Any:
    url = f"/api/v1/networks/{family}/trace"
    answer = network.client(who).post(url, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def street(network: Network) -> list[int]:
    """A tank, four pipes of 100 m with a closed valve before the last one; a hydrant at 200."""
    network.node(0, 0, "tank", reference="R1", name="Haut")
    network.node(200, 0, "hydrant", reference="PI1")
    network.node(300, 0, "valve", reference="V1", position="closed")
    return [network.pipe((x, 0), (x + 100, 0), diameter_mm=100) for x in (0, 100, 200, 300)]


def sewer(network: Network, *places: tuple[float, float]) -> int:
    return network.make("sewer-pipes", along(*places), system="02")


def test_upstream_is_the_shortest_way_to_a_source(network: Network, street: list[int]) -> None:
    network.pipe((0, 0), (0, 90), (200, 90), (200, 0))
    answer = traced(network, {"pipe": street[2], "direction": "upstream"})
    assert answer["pipe_ids"] == [street[2], street[1], street[0]]
    assert (answer["pipes"], answer["length_m"], answer["volume_m3"], answer["nodes"]) == (3, 300.0, 2.36, 4)
    assert [one["reference"] for one in answer["ends"]] == ["R1", "PI1"]
    assert answer["ends"][0]["kind_label"] == "Réservoir"
    assert answer["geometry"]["type"] == "MultiLineString"


def test_downstream_is_what_would_have_no_source_without_the_pipe(network: Network, street: list[int]) -> None:
    network.make("water-connections", at(250, 5), dwellings=4)
    answer = traced(network, {"pipe": street[1], "direction": "downstream"})
    assert sorted(answer["pipe_ids"]) == street[1:3]
    assert (answer["connections"], answer["dwellings"], answer["message"]) == (1, 4, None)


def test_downstream_of_a_node_is_what_it_alone_feeds(network: Network, street: list[int]) -> None:
    (hydrant,) = network.rows("select id from water_node where reference = 'PI1'")[0]
    assert traced(network, {"node": hydrant, "direction": "downstream"})["pipe_ids"] == [street[2]]


def test_downstream_in_a_loop_is_the_pipe_alone(network: Network, street: list[int]) -> None:
    network.pipe((0, 0), (0, 90), (200, 90), (200, 0))
    answer = traced(network, {"pipe": street[1], "direction": "downstream"})
    assert answer["pipe_ids"] == [street[1]]
    assert "garderait une source" in answer["message"]


def test_connected_is_all_that_is_reached_not_through_closed_valves(network: Network, street: list[int]) -> None:
    answer = traced(network, {"point": [X + 150, Y + 1], "crs": 2154, "direction": "connected"})
    assert (answer["pipe_ids"], answer["truncated"]) == (street[:3], False)


def test_connected_stops_at_its_limit_and_says_so(
    network: Network, street: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_PIPES", 2)
    answer = traced(network, {"pipe": street[0], "direction": "connected"})
    assert (len(answer["pipe_ids"]), answer["truncated"]) == (2, True)
    assert "2 premières" in answer["message"]


def test_between_is_the_shortest_way_in_its_order(network: Network, street: list[int]) -> None:
    answer = traced(network, {"pipe": street[2], "direction": "between", "to": {"pipe": street[0]}})
    assert answer["pipe_ids"] == [street[2], street[1], street[0]]
    assert traced(network, {"pipe": street[0], "direction": "between", "to": {"pipe": street[0]}})["pipes"] == 1


def test_no_way_leads_through_a_closed_valve(network: Network, street: list[int]) -> None:
    answer = traced(network, {"pipe": street[0], "direction": "between", "to": {"pipe": street[3]}})
    assert (answer["pipe_ids"], answer["geometry"], answer["bbox_4326"]) == ([], None, None)
    assert "Aucun chemin" in answer["message"]


def test_no_source_is_said(network: Network, street: list[int]) -> None:
    for direction in ("upstream", "downstream"):
        answer = traced(network, {"pipe": street[3], "direction": direction})
        assert "aucune source" in answer["message"]
        assert answer["pipes"] == 0


def test_sewers_are_followed_as_they_flow(network: Network) -> None:
    network.make("sewer-nodes", at(300, 0), kind="outlet", reference="EX1", system="02")
    first, second = sewer(network, (0, 0), (100, 0)), sewer(network, (100, 0), (200, 0))
    last, side = sewer(network, (200, 0), (300, 0)), sewer(network, (200, 80), (200, 0))
    down = traced(network, {"pipe": second, "direction": "downstream"}, "sewer")
    assert sorted(down["pipe_ids"]) == sorted([second, last])
    assert [one["reference"] for one in down["ends"]] == ["EX1"]
    up = traced(network, {"pipe": last, "direction": "upstream"}, "sewer")
    assert sorted(up["pipe_ids"]) == sorted([first, second, last, side])
    every = traced(network, {"pipe": side, "direction": "connected"}, "sewer")
    assert every["pipes"] == 4


def test_the_way_between_two_sewers_follows_the_flow_or_says_that_it_goes_against_it(network: Network) -> None:
    first, second = sewer(network, (0, 0), (100, 0)), sewer(network, (100, 0), (200, 0))
    side = sewer(network, (100, 90), (100, 0))
    down = traced(network, {"pipe": first, "direction": "between", "to": {"pipe": second}}, "sewer")
    assert (down["pipe_ids"], down["message"]) == ([first, second], None)
    up = traced(network, {"pipe": second, "direction": "between", "to": {"pipe": first}}, "sewer")
    assert up["pipe_ids"] == [second, first]
    assert "autre sens" in up["message"]
    assert traced(network, {"pipe": first, "direction": "between", "to": {"pipe": side}}, "sewer")["pipes"] == 0


def test_what_cannot_be_followed_is_refused_in_words(network: Network, street: list[int]) -> None:
    traced(network, {"pipe": street[0], "direction": "sideways"}, status=400)
    traced(network, {"pipe": street[0], "direction": "between"}, status=400)
    traced(network, {"direction": "connected"}, status=400)
    traced(network, {"node": 999_999_999, "direction": "connected"}, status=404)
    refused = traced(network, {"pipe": street[0], "direction": "connected"}, who="stranger", status=404)
    assert "n’existe pas" in refused["detail"]
