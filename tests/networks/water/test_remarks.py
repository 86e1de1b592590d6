"""What is said of objects that were written all the same: off the network, climbing sewers, narrower downstream."""

from typing import Any

import pytest

from tests.networks.conftest import Network, Place, X, Y, along

pytestmark = pytest.mark.django_db
SEWER = {"service_state": "en_service", "system": "02"}


def saved(network: Network, layer: str, *edits: dict[str, Any]) -> list[Any]:
    """The results of edits, written over HTTP."""
    body = {"crs": "EPSG:2154", "edits": edits}
    answer = network.client().post(f"/api/v1/layers/{layer}/edits/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    results: list[Any] = answer.json()["results"]
    return results


def point(x: float, y: float, **values: Any) -> dict[str, Any]:
    properties = {"kind": "valve", "service_state": "en_service"} | values
    geometry = {"type": "Point", "coordinates": [X + x, Y + y]}
    return {"action": "create", "properties": properties, "geometry": geometry}


def line(*places: Place, **values: Any) -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": [[X + x, Y + y] for x, y in places]}
    return {"action": "create", "properties": {"service_state": "en_service"} | values, "geometry": geometry}


def remarks(network: Network, layer: str, edit: dict[str, Any]) -> list[Any]:
    (result,) = saved(network, layer, edit)
    made: list[Any] = result["remarks"]
    return made


def move(pk: int, version: int, remark: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": remark["move_to"]}
    return {"action": "update", "id": pk, "version": version, "geometry": geometry}


# -- off the network --------------------------------------------------------------------------------------------------


def test_a_valve_beside_a_pipe_is_saved_and_says_how_far_it_lies(network: Network) -> None:
    network.pipe((0, 0), (100, 0), reference="C-1")
    (remark,) = remarks(network, "water-nodes", point(40, 1.24))
    assert (remark["field"], remark["distance_m"], remark["end"]) == ("geometry", 1.24, "")
    assert "C-1" in remark["message"]
    assert "1,2 m" in remark["message"]
    assert remark["move_to"] == pytest.approx([X + 40, Y])


def test_a_valve_that_is_moved_there_is_on_the_network(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    (made,) = saved(network, "water-nodes", point(40, 1.2))
    (moved,) = saved(network, "water-nodes", move(made["id"], made["version"], made["remarks"][0]))
    assert moved["remarks"] == []
    assert len(network.pipes()) == 2


def test_equipment_far_from_every_pipe_is_told_without_a_place(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    (remark,) = remarks(network, "water-nodes", point(40, 80))
    assert (remark["move_to"], remark["distance_m"]) == (None, None)


def test_a_valve_beside_the_end_of_a_pipe_cannot_be_put_on_its_node(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    (remark,) = remarks(network, "water-nodes", point(-1, 0))
    assert (remark["move_to"], remark["distance_m"]) == (None, 1)


@pytest.mark.parametrize("values", [{"kind": "chamber"}, {"service_state": "abandon"}])
def test_what_need_not_be_on_a_pipe_says_nothing(network: Network, values: dict[str, Any]) -> None:
    assert remarks(network, "water-nodes", point(40, 1, **values)) == []


def test_what_lies_on_its_pipe_says_nothing(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    assert remarks(network, "water-nodes", point(40, 0.02)) == []


def test_an_end_that_misses_a_pipe_is_told_with_the_end_to_move(network: Network) -> None:
    network.pipe((0, 0), (100, 0), reference="C-1")
    (remark,) = remarks(network, "water-pipes", line((50, 40), (50, 0.8)))
    assert (remark["field"], remark["end"], remark["distance_m"]) == ("geometry", "end", 0.8)
    assert remark["move_to"] == pytest.approx([X + 50, Y])


def test_an_end_that_meets_a_pipe_says_nothing(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    assert remarks(network, "water-pipes", line((50, 40), (50, 0))) == []


def test_a_connection_without_a_pipe_is_told(network: Network) -> None:
    edit = point(0, 0) | {"properties": {"service_state": "en_service"}}
    (remark,) = remarks(network, "water-connections", edit)
    assert "60 m" in remark["message"]


# -- sewers -----------------------------------------------------------------------------------------------------------


def test_a_sewer_that_climbs_is_told_at_the_height_of_its_end(network: Network) -> None:
    (remark,) = remarks(network, "sewer-pipes", line((0, 0), (50, 0), **SEWER, start_z=100, end_z=101))
    assert (remark["field"], remark["move_to"]) == ("end_z", None)


def test_a_sewer_under_pressure_may_climb(network: Network) -> None:
    edit = line((0, 0), (50, 0), **SEWER, start_z=100, end_z=101, flow_mode="02")
    assert remarks(network, "sewer-pipes", edit) == []


def test_a_sewer_that_falls_more_than_it_is_long_is_told(network: Network) -> None:
    (remark,) = remarks(network, "sewer-pipes", line((0, 0), (50, 0), **SEWER, start_z=200, end_z=100))
    assert remark["field"] == "end_z"
    assert "200" in remark["message"]


def test_a_sewer_narrower_than_the_one_upstream_is_told_at_its_diameter(network: Network) -> None:
    network.make("sewer-pipes", along((0, 0), (50, 0)), system="02", diameter_mm=300, reference="E-1")
    (remark,) = remarks(network, "sewer-pipes", line((50, 0), (90, 0), **SEWER, diameter_mm=200))
    assert remark["field"] == "diameter_mm"
    assert "E-1" in remark["message"]
    assert "300" in remark["message"]


def test_a_sewer_wider_than_the_one_downstream_is_told_too(network: Network) -> None:
    network.make("sewer-pipes", along((50, 0), (90, 0)), system="02", diameter_mm=200)
    (remark,) = remarks(network, "sewer-pipes", line((0, 0), (50, 0), **SEWER, diameter_mm=300))
    assert remark["field"] == "diameter_mm"


def test_a_sewer_may_get_wider(network: Network) -> None:
    network.make("sewer-pipes", along((0, 0), (50, 0)), system="02", diameter_mm=200)
    assert remarks(network, "sewer-pipes", line((50, 0), (90, 0), **SEWER, diameter_mm=300)) == []


def test_a_cover_below_the_invert_is_told_at_the_cover(network: Network) -> None:
    network.make("sewer-pipes", along((0, 0), (50, 0)), system="02")
    edit = point(25, 0, kind="manhole", system="02", cover_z=100, invert_z=101)
    (remark,) = remarks(network, "sewer-nodes", edit)
    assert remark["field"] == "cover_z"


def test_layers_that_say_nothing_answer_so(network: Network) -> None:
    edit = point(0, 0) | {"properties": {"network": "water"}}
    assert remarks(network, "water-repairs", edit) == []
