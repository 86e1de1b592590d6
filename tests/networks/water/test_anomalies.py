"""What a scan of a network finds, keeps, and closes."""

from datetime import date
from typing import Any

import pytest

from layers.features.topology import loading
from networks.water.models import Anomaly, Scan, WaterNode, WaterPipe
from networks.water.services.anomalies import scanning
from tests import factories
from tests.networks.conftest import Network, along, at

type Found = list[tuple[str, str, int, str, int]]


def scan(network: Network, family: str = "water") -> dict[str, Any]:
    """A scan as the worker makes it."""
    with factories.as_worker():
        return scanning.scan(network.member.pk, family)


def found(network: Network, family: str = "water", state: str = "open") -> Found:
    return [
        tuple(row)  # type: ignore[misc]
        for row in network.rows(
            "select kind, object_kind, object_id, other_kind, other_id from water_anomaly"
            f" where family = '{family}' and state = '{state}' order by kind, object_id, other_id"
        )
    ]


def kinds(network: Network, family: str = "water") -> list[str]:
    return [row[0] for row in found(network, family)]


def supplied(network: Network, **values: Any) -> int:
    """A tank at the corner and a pipe from it to (100, 0), which ends on a drain."""
    network.node(0, 0, "tank")
    network.node(100, 0, "drain")
    return network.pipe((0, 0), (100, 0), **({"material": "fd", "diameter_mm": 100} | values))


def sewer(network: Network, *places: tuple[float, float], **values: Any) -> int:
    values = {"system": "02", "material": "pvc", "diameter_mm": 200} | values
    return network.make("sewer-pipes", along(*places), **values)


def manhole(network: Network, x: float, y: float, kind: str = "manhole", **values: Any) -> int:
    return network.make("sewer-nodes", at(x, y), kind=kind, **({"system": "02"} | values))


def test_a_sound_network_has_no_anomaly(network: Network) -> None:
    supplied(network)
    network.make("water-connections", at(50, 5))
    assert scan(network)["counts"] == {}
    assert found(network) == []


def test_an_end_beside_a_pipe_is_a_near_miss(network: Network) -> None:
    main = supplied(network)
    network.pipe((50, 1.2), (50, 60), material="fd", diameter_mm=60)
    scan(network)
    assert ("near_miss", "node", node_at(network, 50, 1.2), "pipe", main) in found(network)


def test_two_ends_side_by_side_are_one_near_miss(network: Network) -> None:
    supplied(network)
    network.pipe((100, 0.5), (180, 0), material="fd", diameter_mm=100)
    scan(network)
    assert [row[0] for row in found(network)].count("near_miss") == 1


def test_an_end_that_a_short_way_joins_is_none(network: Network) -> None:
    supplied(network)
    network.pipe((50, 0), (50, 1.5), material="fd", diameter_mm=100)
    scan(network)
    assert "near_miss" not in kinds(network)


def test_a_part_without_a_source_stands_alone_with_the_pipe_to_join(network: Network) -> None:
    main = supplied(network)
    alone = network.pipe((50, 20), (50, 60), material="fd", diameter_mm=60)
    scan(network)
    assert ("isolated", "pipe", alone, "pipe", main) in found(network)


def test_a_network_without_any_source_says_so_once(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0), material="fd", diameter_mm=100)
    scan(network)
    assert ("no_source", "pipe", pipe, "", 0) in found(network)
    assert "isolated" not in kinds(network)


def test_what_lacks_a_diameter_gets_the_one_that_both_neighbours_have(network: Network) -> None:
    network.node(0, 0, "tank")
    for start in (0, 100, 200):
        network.pipe((start, 0), (start + 100, 0), material="fd", diameter_mm=None if start == 100 else 100)
    scan(network)
    assert network.rows("select measured ->> 'proposed' from water_anomaly where kind = 'missing_diameter'") == [
        ("100",)
    ]


def test_a_sewer_that_climbs_is_found_and_one_under_pressure_is_not(network: Network) -> None:
    manhole(network, 100, 0, "outlet")
    climbs = sewer(network, (0, 0), (100, 0), start_z=10.0, end_z=10.4)
    sewer(network, (0, 50), (100, 0), start_z=10.0, end_z=14.0, flow_mode="02")
    scan(network, "sewer")
    assert found(network, "sewer") == [("wrong_slope", "pipe", climbs, "", 0)]


def test_heights_of_manholes_that_contradict_pipes_are_found(network: Network) -> None:
    manhole(network, 100, 0, "outlet")
    low = manhole(network, 0, 0, cover_z=12.0, invert_z=10.5)
    turned = manhole(network, 50, 0, cover_z=9.0, invert_z=11.0)
    first = sewer(network, (0, 0), (50, 0), start_z=10.0, end_z=9.0)
    scan(network, "sewer")
    assert ("below_invert", "pipe", first, "node", low) in found(network, "sewer")
    assert ("cover_conflict", "node", turned, "", 0) in found(network, "sewer")


def test_a_sewer_that_gets_narrower_and_one_without_a_way_out_are_found(network: Network) -> None:
    wide = sewer(network, (0, 0), (50, 0), diameter_mm=400)
    narrow = sewer(network, (50, 0), (100, 0), diameter_mm=200)
    scan(network, "sewer")
    assert ("diameter_drop", "pipe", narrow, "pipe", wide) in found(network, "sewer")
    assert "no_outlet" in kinds(network, "sewer")


def test_years_and_sizes_out_of_proportion_are_found(network: Network) -> None:
    pipe = supplied(network, diameter_mm=9000)
    # As an older version took it: edits and imports refuse it now.
    with factories.as_owner():
        WaterPipe.objects.filter(pk=pipe).update(laid_from_year=date.today().year + 3)
    scan(network)
    assert kinds(network) == ["unlikely_size", "unlikely_year"]


def test_connections_without_a_pipe_or_far_from_it_are_found(network: Network) -> None:
    pipe = supplied(network)
    near, far = network.make("water-connections", at(155, 5)), network.make("water-connections", at(250, 0))
    network.change("water-nodes", node_at(network, 100, 0), at(80, 0))
    scan(network)
    assert [row for row in found(network) if row[1] == "connection"] == [
        ("far_connection", "connection", near, "pipe", pipe),
        ("no_pipe", "connection", far, "pipe", pipe),
    ]


def test_dead_ends_and_valves_at_them_are_hints(network: Network) -> None:
    supplied(network)
    network.pipe((50, 0), (50, 60), material="fd", diameter_mm=60)
    network.pipe((20, 0), (20, 60), material="fd", diameter_mm=60)
    network.change("water-nodes", node_at(network, 20, 60), kind="valve")
    scan(network)
    assert kinds(network) == ["dead_end", "valve_dead_end"]


def node_at(network: Network, x: float, y: float) -> int:
    place = f"st_geomfromtext('{at(x, y).wkt}', 2154)"
    (row,) = network.rows(f"select id from water_node where st_dwithin(geom, {place}, 0.1)")
    return int(row[0])


def test_pipes_that_cross_without_a_node_are_a_hint(network: Network) -> None:
    main = supplied(network)
    network.change("water-pipes", main, along((0, 0), (50, 40), (100, 0)))
    network.node(20, 30, "tank")
    network.node(80, 30, "drain")
    other = network.pipe((20, 30), (80, 30), material="fd", diameter_mm=60)
    scan(network)
    assert found(network) == [("crossing", "pipe", main, "pipe", other)]


def test_equipment_on_no_pipe_is_found(network: Network) -> None:
    pipe = supplied(network)
    hydrant = network.node(50, 8, "hydrant")
    scan(network)
    assert found(network) == [("off_network", "node", hydrant, "pipe", pipe)]


def test_references_that_differ_by_capitals_and_things_drawn_twice_are_found(network: Network) -> None:
    supplied(network, reference="C1")
    taps = [network.make("water-connections", at(50, 5), address="1 rue Haute") for _ in range(2)]
    network.pipe((0, 0), (50, 30), (100, 0), material="fd", diameter_mm=60, reference="c1")
    scan(network)
    assert kinds(network) == ["duplicate", "same_reference"]
    assert found(network)[0] == ("duplicate", "connection", taps[1], "connection", taps[0])


def test_what_a_loader_left_broken_is_found(network: Network) -> None:
    with factories.as_worker(), loading():
        made = {"owner": network.member, "service_state": "en_service"}
        nodes = [WaterNode.objects.create(kind="tank", geom=at(x, 0), **made) for x in (0, 50, 100)]
        WaterPipe.objects.create(start_node=nodes[0], end_node=nodes[2], geom=along((0, 0), (100, 0)), **made)
        WaterPipe.objects.create(start_node=nodes[0], end_node=nodes[1], geom=along((0, 0), (50, 3)), **made)
    scan(network)
    assert [row[0] for row in found(network) if row[0] == "broken"] == ["broken", "broken"]


# -- again ------------------------------------------------------------------------------------------------------------


def test_a_scan_again_keeps_what_people_ignored_closes_what_is_gone_and_opens_what_is_new(network: Network) -> None:
    supplied(network)
    for x in (20, 50):
        network.pipe((x, 0), (x, 60), material="fd", diameter_mm=60)
    scan(network)
    with factories.as_owner():
        Anomaly.objects.filter(object_id=node_at(network, 20, 60)).update(state="ignored", reason="Antenne en attente")
    network.change("water-nodes", node_at(network, 50, 60), kind="drain")
    network.pipe((70, 0), (70, 60), material="fd", diameter_mm=60)
    scan(network)
    assert network.rows("select state, count(*) from water_anomaly group by state order by state") == [
        ("ignored", 1), ("open", 1), ("repaired", 1),
    ]  # fmt: skip


def test_what_comes_back_is_open_again(network: Network) -> None:
    supplied(network)
    network.pipe((50, 0), (50, 60), material="fd", diameter_mm=60)
    end = node_at(network, 50, 60)
    for kind in ("junction", "drain", "junction"):
        network.change("water-nodes", end, kind=kind)
        scan(network)
    assert found(network) == [("dead_end", "node", end, "", 0)]


def test_only_networks_that_changed_are_scanned_at_night(network: Network) -> None:
    supplied(network)
    with factories.as_worker():
        assert [scanning.scan_changed() for _ in range(2)] == [1, 0]
    network.pipe((50, 0), (50, 60))
    with factories.as_worker():
        assert scanning.scan_changed() == 1
        assert Scan.objects.count() == 1


def test_networks_of_other_members_are_left_alone(network: Network) -> None:
    network.make("water-pipes", along((0, 0), (100, 0)), who="stranger")
    scan(network)
    assert found(network) == []


def test_a_network_that_cannot_be_scanned_keeps_no_other_from_it(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    supplied(network)
    network.make("water-pipes", along((0, 500), (100, 500)), who="stranger", material="fd", diameter_mm=100)
    whole = scanning.scan

    def failing(owner: int, family: str) -> dict[str, Any]:
        if owner == network.member.pk:
            raise RuntimeError("essai")
        return whole(owner, family)

    monkeypatch.setattr(scanning, "scan", failing)
    with factories.as_worker(), pytest.raises(RuntimeError, match="essai"):
        scanning.scan_changed()
    assert network.rows("select owner_id from water_scan") == [(network.other.pk,)]
