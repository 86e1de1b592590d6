"""Valves of an outage: found stuck they stay known; they are opened again in reverse order, with flushing and air."""

import json
from typing import Any

import pytest

from gis_core.members.rights import SYSTEM, acting_as
from networks.water.models import WaterNode
from tests.networks.conftest import Network
from tests.networks.water.outages import (
    ago,
    broken_pipe,
    build_network,
    clock,
    entries,
    outage,
    page,
    post,
    save,
    source,
)

ISOLATION = "/api/v1/networks/water/isolation"


@pytest.fixture
def valves(network: Network) -> list[int]:
    return build_network(network)


def isolate(network: Network) -> Any:
    answer = network.client().post(ISOLATION, {"pipe": broken_pipe(network)}, content_type="application/json")
    return answer.json()


def skipped(network: Network) -> dict[str, str]:
    return {one["reference"]: one["why"] for one in isolate(network)["valves"] if one["status"] == "skipped"}


def condition_of(valve: int) -> str | None:
    with acting_as(SYSTEM):
        return str(WaterNode._base_manager.values_list("condition", flat=True).get(pk=valve) or "")


def test_a_valve_found_stuck_is_offered_kept_and_known_by_the_next_isolation(
    network: Network, valves: list[int]
) -> None:
    path = save(network, unusable=(valves[0],))
    assert "Garder comme bloquée" in page(network, path)
    assert skipped(network) == {}
    assert post(network, path, do="valve", valve=str(valves[0]), condition="broken").status_code == 302
    assert skipped(network) == {"V1": "broken"}
    (line,) = entries("broken")
    assert (line.valve, line.reference, line.recorded_by) == (valves[0], "V1", network.people["network_technician"])
    assert network.version("water-nodes", valves[0]) == 2


def test_the_valve_says_who_found_it_stuck_and_leads_to_the_outage(network: Network, valves: list[int]) -> None:
    path = save(network, unusable=(valves[0],))
    post(network, path, do="valve", valve=str(valves[0]), condition="buried")
    sheet = network.client("reader").get(f"/api/v1/layers/water-nodes/features/{valves[0]}/").json()
    (line,) = [one for one in sheet["properties"] if one["name"] == "valve_report"]
    assert "Enterrée, introuvable" in line["display"]
    assert str(network.people["network_technician"]) in line["display"]
    assert path in [one["url"] for one in sheet["links"]]


def test_a_valve_that_works_again_is_counted_on(network: Network, valves: list[int]) -> None:
    network.change("water-nodes", valves[0], condition="broken")
    path = save(network)
    assert "De nouveau manœuvrable" in page(network, path)
    assert post(network, path, do="valve", valve=str(valves[0]), condition="working").status_code == 302
    assert condition_of(valves[0]) == "working"
    assert skipped(network) == {}


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"condition": "asleep"}, 400), ({"valve": "999999", "condition": "broken"}, 400)],
)
def test_what_is_no_condition_of_a_valve_of_the_outage_is_refused(
    network: Network, valves: list[int], fields: dict[str, str], status: int
) -> None:
    path = save(network)
    assert post(network, path, **({"do": "valve", "valve": str(valves[0])} | fields)).status_code == status
    assert condition_of(valves[0]) == ""


def test_readers_keep_nothing_on_valves(network: Network, valves: list[int]) -> None:
    path = save(network)
    assert post(network, path, "reader", do="valve", valve=str(valves[0]), condition="broken").status_code == 403
    assert condition_of(valves[0]) == ""


def test_a_valve_that_is_gone_is_said_to_be_gone(network: Network, valves: list[int]) -> None:
    path = save(network)
    network.remove("water-nodes", valves[0])
    assert post(network, path, do="valve", valve=str(valves[0]), condition="broken").status_code == 409


def test_valves_are_opened_again_the_last_closed_first(network: Network, valves: list[int]) -> None:
    path = save(network)
    post(network, path, do="time", kind="found", at=clock(ago(hours=1)))
    for valve, minutes in ((valves[0], 20), (valves[1], 40)):
        post(network, path, do="time", kind="closed", valve=str(valve), at=clock(ago(minutes=minutes)))
    order = source(network, path).partition('id="opening"')[2]
    assert order.index(">V1<") < order.index(">V2<")
    post(network, path, do="time", kind="opened", valve=str(valves[0]))
    assert "Rouvrir, dans cet ordre 1 sur 2" in page(network, path)


def test_the_turns_of_a_valve_are_kept_for_its_opening(network: Network, valves: list[int]) -> None:
    path = save(network)
    post(network, path, do="time", kind="closed", valve=str(valves[0]))
    assert post(network, path, do="time", kind="closed", valve=str(valves[0]), turns="23").status_code == 302
    former, line = entries("closed")
    assert (former.struck_at is not None, line.turns, line.at) == (True, 23, former.at)
    assert "23 tours" in page(network, path)
    assert post(network, path, do="time", kind="closed", valve=str(valves[0]), turns="0").status_code == 400
    assert post(network, path, do="time", kind="repaired", turns="3").status_code == 400


def test_the_answer_says_where_to_flush_and_where_air_leaves(network: Network, valves: list[int]) -> None:
    for x, kind, reference in ((120, "air_valve", "VT1"), (150, "drain", "VI1"), (180, "hydrant", "PI7")):
        network.node(x, 0, kind, reference=reference)
    pipe = network.rows("select id from water_pipe where st_xmin(geom) - 100 < (select min(st_xmin(geom)) from"
                        " water_pipe) + 60 order by st_xmin(geom) desc limit 1")[0][0]  # fmt: skip
    answer = network.client().post(ISOLATION, {"pipe": pipe}, content_type="application/json").json()
    assert [one["reference"] for one in answer["outlets"]] == ["VI1", "PI7"]
    assert [one["reference"] for one in answer["air_valves"]] == ["VT1"]
    made = network.client().post(
        "/reseaux/coupures/", {"request": json.dumps({"pipe": pipe})}, headers={"accept": "text/html"}
    )
    told = page(network, made.url)
    for expected in ("VI1 (Vidange)", "PI7 (Poteau ou bouche d’incendie)", "ces ventouses fonctionnent : VT1"):
        assert expected in told


def test_an_answer_kept_before_it_said_where_to_flush_is_shown(network: Network, valves: list[int]) -> None:
    path = save(network)
    network.rows(
        "with former as (update water_outage set answer = answer - 'outlets' - 'air_valves' returning 1)"
        " select count(*) from former"
    )
    assert "rincez par un branchement" in page(network, path)
    assert outage().state == "open"
