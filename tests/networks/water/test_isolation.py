"""Isolating a break of drinking water, rule by rule, over HTTP."""

from typing import Any

import pytest

from tests.networks.conftest import Network, X, Y, along, at

URL = "/api/v1/networks/water/isolation"


def asked(network: Network, body: Any, who: str = "reader", status: int = 200) -> Any:
    answer = network.client(who).post(URL, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def valves(answer: Any) -> dict[str, str]:
    return {one["reference"]: one["status"] for one in answer["valves"]}


def line(network: Network, *kinds: tuple[str, dict[str, Any]], y: float = 0.0, step: float = 100.0) -> list[int]:
    """Nodes in a row (a `reference` each), and the pipes between them, whose ids come back."""
    for rank, (kind, values) in enumerate(kinds):
        network.node(rank * step, y, kind, **values)
    return [network.pipe((rank * step, y), ((rank + 1) * step, y), diameter_mm=100) for rank in range(len(kinds) - 1)]


def valve(reference: str, **values: Any) -> tuple[str, dict[str, Any]]:
    return "valve", {"reference": reference, **values}


TANK = ("tank", {"reference": "R1", "name": "Réservoir haut", "capacity_m3": 300.0})
END = ("junction", {"reference": "E"})


def test_the_valves_on_both_sides_of_a_break_shut_it_and_what_lies_beyond_is_cut_off(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), valve("V2"), END)
    network.make("water-connections", at(150, 5), address="2 rue Basse", dwellings=3)
    network.make("water-connections", at(250, 5), address="1 rue Haute", sensitive="dialysis")
    answer = asked(network, {"pipe": pipes[1]}, "network_technician")
    assert valves(answer) == {"V1": "close", "V2": "optional"}
    assert (answer["source_known"], answer["message"], answer["family"]) == (True, None, "water")
    assert (answer["zone"]["pipes"], answer["cut_off"]["pipes"]) == (1, 1)
    assert (answer["zone"]["length_m"], answer["zone"]["volume_m3"]) == (100.0, 0.79)
    assert answer["zone"]["geometry"]["type"] == "MultiLineString"
    told = answer["connections"]
    assert (told["count"], told["dwellings"], told["truncated"]) == (2, 3, False)
    assert [one["sensitive"] for one in told["results"]] == ["dialysis", None]
    assert told["results"][0]["sensitive_label"] == "Dialyse à domicile"
    assert answer["addresses"] == ["2 rue Basse", "1 rue Haute"]


def test_a_point_means_the_nearest_pipe_in_service_within_25_metres(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), END)
    (found,) = asked(network, {"point": [X + 150, Y + 3], "crs": 2154})["breaks"]
    assert (found["pipe"], found["distance_m"]) == (pipes[1], 3.0)
    lon, lat = found["point"]
    assert asked(network, {"point": [lon, lat]})["breaks"][0]["pipe"] == pipes[1]
    far = asked(network, {"point": [X + 150, Y + 30], "crs": 2154}, status=404)
    assert "25 m" in far["detail"]


def test_a_closed_valve_blocks_whatever_its_condition_and_is_told_as_closed(network: Network) -> None:
    pipes = line(
        network,
        TANK,
        valve("V1", position="closed", condition="broken"),
        END,
        valve("V2"),
        ("import", {"reference": "I1"}),
    )
    answer = asked(network, {"pipe": pipes[1]})
    assert valves(answer) == {"V1": "closed", "V2": "close"}
    assert answer["zone"]["pipes"] == 2


def test_broken_and_buried_valves_are_passed_and_told_why(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), valve("V2", condition="broken"), valve("V3", condition="buried"), END)
    answer = asked(network, {"pipe": pipes[3]})
    assert valves(answer) == {"V1": "close", "V2": "skipped", "V3": "skipped"}
    assert {one["reference"]: one["why"] for one in answer["valves"]} == {"V1": None, "V2": "broken", "V3": "buried"}
    assert answer["zone"]["pipes"] == 3


def test_a_valve_said_to_be_unusable_is_passed(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), valve("V2"), END)
    (jammed,) = network.rows("select id from water_node where reference = 'V2'")[0]
    answer = asked(network, {"pipe": pipes[2], "unusable": [jammed]})
    assert valves(answer) == {"V1": "close", "V2": "skipped"}
    assert answer["valves"][1]["why"] == "unusable"


def test_a_valve_out_of_service_lets_water_through_and_is_not_told(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), valve("V2", position="closed", service_state="abandon"), END)
    answer = asked(network, {"pipe": pipes[2]})
    assert valves(answer) == {"V1": "close"}
    assert answer["zone"]["pipes"] == 2


def test_a_source_in_the_way_is_to_be_stopped(network: Network) -> None:
    pipes = line(network, TANK, END, valve("V1"), ("junction", {"reference": "F"}))
    answer = asked(network, {"pipe": pipes[0]})
    assert [(one["reference"], one["kind_label"]) for one in answer["sources_to_stop"]] == [("R1", "Réservoir")]
    assert valves(answer) == {"V1": "optional"}
    assert [one["capacity_m3"] for one in answer["tanks"]] == [300]
    assert answer["cut_off"]["pipes"] == 1


def test_a_tank_that_another_pipe_still_feeds_is_not_told_as_dry(network: Network) -> None:
    """Purchased water comes to it from the other side; the hydrant behind the break has none."""
    pipes = line(
        network,
        ("import", {"reference": "I1"}),
        valve("V0"),
        TANK,
        valve("V1"),
        ("hydrant", {"reference": "H1"}),
        END,
    )
    answer = asked(network, {"pipe": pipes[2]})
    assert answer["tanks"] == []
    assert [one["reference"] for one in answer["hydrants"]] == ["H1"]


def test_a_loop_feeds_what_lies_beyond_and_both_its_valves_are_to_close(network: Network) -> None:
    pipes = line(network, TANK, END, valve("V1"), valve("V2"), ("junction", {"reference": "F"}))
    network.pipe((100, 0), (100, 80), (400, 80), (400, 0))
    answer = asked(network, {"pipe": pipes[2]})
    assert valves(answer) == {"V1": "close", "V2": "close"}
    assert answer["cut_off"]["pipes"] == 0
    assert answer["cut_off"]["geometry"] is None


def test_who_is_sensitive_is_told_to_those_who_work_on_the_network(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), END)
    network.make("water-connections", at(150, 5), address="1 rue Haute", sensitive="school", sensitive_name="Prévert")
    for who, told in (("network_technician", ("school", "Prévert")), ("reader", (None, None))):
        (found,) = asked(network, {"pipe": pipes[1]}, who)["connections"]["results"]
        assert (found["sensitive"], found["sensitive_name"]) == told
    assert found["sensitive_label"] is None


def test_valves_come_as_they_are_walked_to_from_the_break(network: Network) -> None:
    line(network, TANK, valve("V1"), valve("V2"), ("import", {"reference": "I"}))
    answer = asked(network, {"point": [X + 190, Y], "crs": 2154})
    assert [one["reference"] for one in answer["valves"]] == ["V2", "V1"]


def test_a_closed_valve_to_a_part_with_water_is_an_alternative(network: Network) -> None:
    pipes = line(
        network, TANK, valve("V1"), valve("V2"), END, valve("V3", position="closed"), ("import", {"reference": "I"})
    )
    network.make("water-connections", at(250, 5), address="1 rue Haute")
    answer = asked(network, {"pipe": pipes[1]})
    (found,) = answer["alternatives"]
    assert (found["reference"], found["connections"], found["length_m"]) == ("V3", 1, 200.0)
    assert valves(answer) == {"V1": "close", "V2": "optional"}


def test_a_closed_valve_that_is_stuck_is_no_alternative(network: Network) -> None:
    stuck = valve("V3", position="closed", condition="buried")
    pipes = line(network, TANK, valve("V1"), valve("V2"), END, stuck, ("import", {"reference": "I"}))
    assert asked(network, {"pipe": pipes[1]})["alternatives"] == []


def test_several_breaks_are_isolated_together(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), valve("V2"), valve("V3"), valve("V4"), ("import", {"reference": "I"}))
    answer = asked(network, {"breaks": [{"pipe": pipes[1]}, {"point": [X + 350, Y], "crs": 2154}]})
    assert valves(answer) == {"V1": "close", "V2": "optional", "V3": "optional", "V4": "close"}
    assert (answer["zone"]["pipes"], answer["cut_off"]["pipes"], len(answer["breaks"])) == (2, 1, 2)


def test_without_a_known_source_every_valve_is_to_close_and_nothing_is_said_beyond(network: Network) -> None:
    pipes = line(network, END, valve("V1"), valve("V2"), ("junction", {"reference": "F"}))
    answer = asked(network, {"pipe": pipes[1]})
    assert answer["source_known"] is False
    assert "source" in answer["message"]
    assert valves(answer) == {"V1": "close", "V2": "close"}
    assert (answer["zone"]["pipes"], answer["cut_off"]["pipes"]) == (1, 0)


def test_hydrants_are_lost_when_all_their_pipes_are(network: Network) -> None:
    hydrant = ("hydrant", {"reference": "PI2"})
    pipes = line(network, TANK, ("hydrant", {"reference": "PI1"}), valve("V1"), hydrant, END)
    assert [one["reference"] for one in asked(network, {"pipe": pipes[2]})["hydrants"]] == ["PI2"]


def test_pipes_out_of_service_carry_nothing(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), valve("V2"), END)
    network.change("water-pipes", pipes[2], service_state="abandon")
    assert asked(network, {"pipe": pipes[1]})["cut_off"]["pipes"] == 0
    refused = asked(network, {"pipe": pipes[2]}, status=400)
    assert "service" in refused["detail"]


def test_pipes_without_a_diameter_are_counted_apart(network: Network) -> None:
    line(network, TANK, valve("V1"))
    pipe = network.pipe((100, 0), (100, 50))
    zone = asked(network, {"pipe": pipe})["zone"]
    assert (zone["volume_m3"], zone["without_diameter"]) == (0, 1)


def test_a_valve_says_near_which_address_it_is(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"), END)
    network.make("water-connections", at(120, 5), address="12 rue des Tanneurs")
    (found,) = asked(network, {"pipe": pipes[1]})["valves"]
    assert found["address"] == "près de 12 rue des Tanneurs"


def test_the_pipe_of_another_member_does_not_exist(network: Network) -> None:
    pipes = line(network, TANK, valve("V1"))
    for body in ({"pipe": pipes[0]}, {"point": [X + 50, Y], "crs": 2154}):
        refused = asked(network, body, who="stranger", status=404)
        assert "R1" not in str(refused)


def test_what_cannot_be_read_is_refused_in_words(network: Network) -> None:
    for body in (
        {},
        {"pipe": 1, "point": [0, 0]},
        {"point": [1.0]},
        {"point": [2.0, 48.0], "crs": 27572},
        {"point": [200.0, 95.0]},
        {"point": [1e300, 1e300], "crs": 2154},
        {"breaks": []},
        {"breaks": [{"pipe": 1}] * 21},
        {"pipe": 1, "unusable": ["x"]},
        {"pipe": -1},
        [],
    ):
        asked(network, body, status=400)
    assert asked(network, {"pipe": 999_999_999}, status=404)["detail"]


def test_a_bend_in_a_pipe_is_kept_in_the_shape(network: Network) -> None:
    line(network, TANK, valve("V1"))
    pipe = network.make("water-pipes", along((100, 0), (150, 50), (200, 0)))
    answer = asked(network, {"pipe": pipe})
    assert len(answer["zone"]["geometry"]["coordinates"][0]) == 3
    west, south, east, north = answer["bbox_4326"]
    assert west < east
    assert south < north


def test_a_zone_without_end_is_refused_in_words(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    pipes = line(network, TANK, *[("junction", {"reference": f"J{rank}"}) for rank in range(1, 5)], END)
    assert asked(network, {"pipe": pipes[2]})["zone"]["pipes"] == 5
    monkeypatch.setattr("networks.water.services.isolation_zone.MOST_PIPES", 3)
    refused = asked(network, {"pipe": pipes[2]}, status=400)
    assert "relevez d’abord les vannes" in refused["detail"]
