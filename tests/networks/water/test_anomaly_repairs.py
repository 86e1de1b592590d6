"""Repairs that are offered for anomalies: what they do, that they go through the shared editing, what refuses them."""

from typing import Any

import pytest

from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Role
from layers.features.services.origin import Origin
from networks.water.models import Anomaly
from networks.water.services.anomalies import plans, repairing
from tests.networks.conftest import Network, along, at
from tests.networks.water.test_anomalies import kinds, manhole, node_at, scan, sewer, supplied

WEB = Origin("web", "")


def anomaly(network: Network, kind: str) -> Anomaly:
    with network.as_():
        return Anomaly.objects.filter(kind=kind, state="open").order_by("pk")[0]


def repair(network: Network, kind: str, who: str = Role.NETWORK_TECHNICIAN, **given: Any) -> Anomaly:
    one = anomaly(network, kind)
    with network.as_(who):
        return repairing.repair(one, rights=network.rights(who), origin=WEB, **given)


def offered(network: Network, kind: str) -> list[plans.Way]:
    one = anomaly(network, kind)
    with network.as_():
        return plans.ways(one)[0]


def gap(network: Network, metres: float = 1.2) -> int:
    """A main with a side pipe that misses it by so much."""
    main = supplied(network)
    network.node(50, 60, "drain")
    network.pipe((50, metres), (50, 60), material="fd", diameter_mm=60)
    return main


def test_an_end_beside_a_pipe_is_brought_onto_it(network: Network) -> None:
    gap(network)
    scan(network)
    assert "1,2" in offered(network, "near_miss")[0].sentence
    assert repair(network, "near_miss").state == "repaired"
    assert len(network.pipes()) == 3
    scan(network)
    assert kinds(network) == []


def test_an_end_beside_a_node_gives_way_to_it(network: Network) -> None:
    supplied(network)
    network.node(180, 0, "drain")
    network.pipe((100.6, 0), (180, 0), material="fd", diameter_mm=100)
    scan(network)
    repair(network, "near_miss")
    assert [vertices for vertices, _s, _e in network.pipes()] == [[(0, 0), (100, 0)], [(100, 0), (180, 0)]]
    scan(network)
    assert kinds(network) == []


def test_two_pieces_of_equipment_are_joined_by_a_short_pipe(network: Network) -> None:
    supplied(network)
    network.node(101, 0, "hydrant")
    scan(network)
    assert repair(network, "near_miss").state == "repaired"
    assert network.rows("select material, diameter_mm from water_pipe where st_length(geom) < 2") == [("fd", 100)]


def test_a_part_that_stands_alone_is_joined_by_a_pipe_like_its_own(network: Network) -> None:
    supplied(network)
    network.node(50, 60, "drain")
    network.pipe((50, 20), (50, 60), material="pvc", diameter_mm=63)
    scan(network)
    repair(network, "isolated")
    assert network.rows("select material, diameter_mm from water_pipe where abs(st_length(geom) - 20) < 0.01") == [
        ("pvc", 63)
    ]
    scan(network)
    assert kinds(network) == []


def test_a_sewer_that_climbs_is_turned_round_or_its_heights_exchanged(network: Network) -> None:
    manhole(network, 0, 0, "outlet")
    pipe = sewer(network, (0, 0), (100, 0), start_z=10.0, end_z=10.4)
    scan(network, "sewer")
    assert [one.name for one in offered(network, "wrong_slope")] == ["turn", "swap"]
    repair(network, "wrong_slope")
    assert network.pipes("sewer")[0][0] == [(100, 0), (0, 0)]
    assert network.rows(f"select start_z, end_z from sewer_pipe where id = {pipe}") == [(10.4, 10)]


def test_heights_are_proposed_to_be_exchanged_where_water_flows_through(network: Network) -> None:
    manhole(network, 150, 0, "outlet")
    for start in (0, 50, 100):
        heights = {"start_z": 9.0, "end_z": 9.5} if start == 50 else {}
        sewer(network, (start, 0), (start + 50, 0), **heights)
    scan(network, "sewer")
    assert [one.name for one in offered(network, "wrong_slope")] == ["swap", "turn"]


def test_a_missing_value_is_the_one_of_both_neighbours(network: Network) -> None:
    network.node(0, 0, "tank")
    network.node(300, 0, "drain")
    for start in (0, 100, 200):
        network.pipe((start, 0), (start + 100, 0), material=None if start == 100 else "fd", diameter_mm=100)
    scan(network)
    assert "Fonte ductile" in offered(network, "missing_material")[0].sentence
    repair(network, "missing_material")
    assert network.rows("select distinct material from water_pipe") == [("fd",)]


def test_a_connection_is_hung_on_the_nearest_pipe(network: Network) -> None:
    tap = network.make("water-connections", at(50, 5))
    pipe = supplied(network)
    scan(network)
    repair(network, "no_pipe")
    assert network.rows(f"select pipe_id, version from water_connection where id = {tap}") == [(pipe, 2)]


def test_of_two_alike_the_later_goes_and_leaves_its_reference(network: Network) -> None:
    supplied(network)
    taps = [network.make("water-connections", at(50, 5), reference=ref) for ref in (None, "B12")]
    scan(network)
    repair(network, "duplicate")
    assert network.rows("select id, reference from water_connection") == [(taps[0], "B12")]


def test_pipes_that_cross_get_a_junction(network: Network) -> None:
    main = supplied(network)
    network.change("water-pipes", main, along((0, 0), (50, 40), (100, 0)))
    network.node(20, 30, "tank")
    network.node(80, 30, "drain")
    network.pipe((20, 30), (80, 30), material="fd", diameter_mm=60)
    scan(network)
    repair(network, "crossing")
    scan(network)
    assert kinds(network) == []
    assert len(network.pipes()) == 6


def test_a_dead_end_is_named_a_cap(network: Network) -> None:
    supplied(network)
    network.pipe((50, 0), (50, 60), material="fd", diameter_mm=60)
    scan(network)
    repair(network, "dead_end")
    assert network.rows(f"select kind from water_node where id = {node_at(network, 50, 60)}") == [("fitting",)]


# -- history, versions, rights ----------------------------------------------------------------------------------------


def test_a_repair_is_in_the_history_with_the_anomaly_that_it_ends(network: Network) -> None:
    gap(network)
    scan(network)
    done = repair(network, "near_miss")
    told = network.rows(
        "select h.detail -> 'anomaly' ->> 'id', h.by_user from gis_core_historyevent h where h.detail ? 'anomaly'"
    )
    assert set(told) == {(str(done.pk), network.people["network_technician"].pk)}
    assert done.event_id is not None


def test_a_repair_of_what_changed_since_it_was_seen_is_refused(network: Network) -> None:
    main = gap(network)
    scan(network)
    versions = offered(network, "near_miss")[0].versions
    network.change("water-pipes", main, comment="Vu")
    with pytest.raises(Conflict, match="changé"):
        repair(network, "near_miss", versions=versions)
    assert len(network.pipes()) == 2


def test_a_repair_that_is_not_possible_any_more_is_refused(network: Network) -> None:
    gap(network)
    scan(network)
    network.change("water-nodes", node_at(network, 50, 1.2), at(50, 30))
    with pytest.raises(Conflict):
        repair(network, "near_miss")


@pytest.mark.parametrize("who", [Role.READER, Role.PERMIT_INSTRUCTOR])
def test_only_technicians_repair(network: Network, who: str) -> None:
    gap(network)
    scan(network)
    with pytest.raises(Forbidden):
        repair(network, "near_miss", who=who)


def test_ignoring_asks_why_and_can_be_undone(network: Network) -> None:
    gap(network)
    scan(network)
    one, rights = anomaly(network, "near_miss"), network.rights()
    with network.as_():
        with pytest.raises(Invalid):
            repairing.ignore(one, reason="  ", rights=rights)
        ignored = repairing.ignore(one, reason="Deux réseaux distincts", rights=rights)
        assert (ignored.state, ignored.decided_by_id) == ("ignored", rights.user_id)
        assert repairing.reopen(one, rights=rights).state == "open"


def test_several_are_repaired_at_once_each_in_an_event_of_its_own(network: Network) -> None:
    network.node(0, 0, "tank")
    network.node(200, 0, "drain")
    network.pipe((0, 0), (200, 0), material="fd", diameter_mm=100)
    for x in (50, 100, 150):
        network.node(x, 60, "drain")
        network.pipe((x, 0.15), (x, 60), material="fd", diameter_mm=60)
    scan(network)
    with network.as_():
        rows = list(Anomaly.objects.filter(kind="near_miss"))
        told = repairing.repair_all(rows, rights=network.rights(), origin=WEB)
    assert (told.repaired, told.failed) == (3, [])
    assert len(network.pipes()) == 7
    assert network.rows(
        "select count(distinct detail -> 'anomaly' ->> 'id') from gis_core_historyevent where detail ? 'anomaly'"
    ) == [(3,)]


def test_kinds_that_ask_for_a_look_are_not_repaired_together(network: Network) -> None:
    supplied(network)
    network.pipe((50, 20), (50, 60), material="fd", diameter_mm=60)
    scan(network)
    with network.as_(), pytest.raises(Invalid):
        repairing.repair_all(list(Anomaly.objects.filter(kind="isolated")), rights=network.rights(), origin=WEB)
