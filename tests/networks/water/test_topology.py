"""What the database keeps true of a network, through the shared editing."""

import random

import pytest

from layers.catalogue.models import Layer
from layers.features.errors import FieldRefused, GeometryRefused
from layers.features.services.origin import Origin
from layers.features.services.reshape import merge, split
from tests.networks.conftest import Network, X, along, at


def kinds(network: Network) -> list[str]:
    return [kind for (kind,) in network.rows("select kind from water_node order by st_x(geom), st_y(geom)")]


def test_the_ends_of_a_pipe_get_plain_nodes(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    ((vertices, start, end),) = network.pipes()
    assert vertices == [(0, 0), (100, 0)]
    assert network.rows(f"select kind from water_node where id in ({start}, {end})") == [("junction",)] * 2


def test_a_pipe_ends_exactly_on_the_node_beside_its_end(network: Network) -> None:
    valve = network.node(100, 0)
    network.pipe((0, 0), (100.03, 0.02))
    ((vertices, _start, end),) = network.pipes()
    assert (vertices[-1], end) == ((100, 0), valve)


def test_a_pipe_that_ends_on_another_one_splits_it(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    network.pipe((50, 50), (50, 0))
    assert [vertices for vertices, _start, _end in network.pipes()] == [
        [(0, 0), (50, 0)], [(50, 50), (50, 0)], [(50, 0), (100, 0)],
    ]  # fmt: skip


def test_a_node_put_on_a_pipe_splits_it_and_the_longer_piece_keeps_its_id(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0), material="fd", diameter_mm=100, reference="C1")
    valve = network.node(30, 0.01)
    assert [(start == valve, end == valve) for _v, start, end in network.pipes()] == [(False, True), (True, False)]
    pieces = network.rows("select id, material, diameter_mm, reference from water_pipe order by st_length(geom) desc")
    assert pieces[0] == (pipe, "fd", 100, "C1")
    assert pieces[1][1:] == ("fd", 100, None)


def test_heights_are_shared_out_where_a_pipe_is_split(network: Network) -> None:
    network.pipe((0, 0), (100, 0), start_z=110.0, end_z=100.0)
    network.node(30, 0)
    assert network.rows("select start_z, end_z from water_pipe order by st_xmin(geom)") == [(110, 107), (107, 100)]


def test_the_length_on_record_of_a_whole_pipe_is_none_of_its_pieces(network: Network) -> None:
    network.node(50, 0)
    network.pipe((0, 0), (100, 0), declared_length_m=103.5)
    assert network.rows("select declared_length_m from water_pipe") == [(None,), (None,)]


def test_a_pipe_drawn_over_nodes_is_cut_at_each_of_them(network: Network) -> None:
    valves = [network.node(x, 0) for x in (30, 60)]
    network.pipe((0, 0), (50, 0.01), (100, 0))
    assert [(start, end) for _v, start, end in network.pipes()][1] == (valves[0], valves[1])
    assert len(network.pipes()) == 3


def test_a_node_taken_away_merges_its_two_pipes(network: Network) -> None:
    first = network.pipe((0, 0), (60, 0), start_z=10.0, end_z=7.0)
    network.pipe((100, 0), (60, 0), start_z=5.0, end_z=7.0)
    middle = network.rows(f"select id from water_node where st_x(geom) = {X + 60}")[0][0]
    network.remove("water-nodes", middle)
    assert network.rows("select id, start_z, end_z from water_pipe") == [(first, 10, 5)]
    assert network.pipes()[0][0] == [(0, 0), (60, 0), (100, 0)]
    assert len(kinds(network)) == 2


def test_what_a_merge_tells_its_triggers_is_what_it_was_before_when_it_is_done(network: Network) -> None:
    network.pipe((0, 0), (60, 0))
    network.pipe((60, 0), (100, 0))
    middle = network.rows(f"select id from water_node where st_x(geom) = {X + 60}")[0][0]
    network.rows("select set_config('arpent.leaving', '7', true)")
    network.remove("water-nodes", middle)
    assert network.rows("select current_setting('arpent.leaving')") == [("7",)]
    assert len(network.pipes()) == 1


def test_a_node_between_pipes_that_differ_stays(network: Network) -> None:
    network.pipe((0, 0), (60, 0), material="fd")
    network.pipe((60, 0), (100, 0), material="pvc")
    (middle,) = network.rows(f"select id from water_node where st_x(geom) = {X + 60}")[0]
    with pytest.raises(GeometryRefused, match=r"differ|diffèrent"):
        network.remove("water-nodes", middle)
    assert len(network.pipes()) == 2


@pytest.mark.parametrize("ends", [1, 3])
def test_a_node_at_the_end_of_a_pipe_or_where_several_meet_stays(network: Network, ends: int) -> None:
    valve = network.node(0, 0)
    for n in range(ends):
        network.pipe((0, 0), (100, n * 50))
    with pytest.raises(GeometryRefused):
        network.remove("water-nodes", valve)


def test_moving_a_node_carries_the_ends_of_its_pipes(network: Network) -> None:
    valve = network.node(50, 0)
    network.pipe((0, 0), (50, 0))
    network.pipe((50, 0), (100, 0))
    network.change("water-nodes", valve, at(50, 20))
    assert [vertices for vertices, _s, _e in network.pipes()] == [[(0, 0), (50, 20)], [(50, 20), (100, 0)]]


def test_moving_a_node_onto_another_pipe_splits_that_one(network: Network) -> None:
    valve = network.node(50, 50)
    network.pipe((0, 50), (50, 50))
    network.pipe((0, 0), (100, 0))
    network.change("water-nodes", valve, at(50, 0))
    assert len(network.pipes()) == 3


def test_a_pipe_removed_takes_its_plain_ends_along_and_leaves_the_others(network: Network) -> None:
    network.node(0, 0, "tank")
    pipe = network.pipe((0, 0), (100, 0))
    network.remove("water-pipes", pipe)
    assert kinds(network) == ["tank"]


def test_a_pipe_without_length_is_refused(network: Network) -> None:
    with pytest.raises(GeometryRefused, match=r"length|longueur"):
        network.pipe((0, 0), (0.02, 0))


def test_a_pipe_that_ends_where_it_starts_is_refused(network: Network) -> None:
    with pytest.raises(GeometryRefused, match=r"starts|commence"):
        network.pipe((0, 0), (50, 0), (50, 50), (0, 0))


def test_a_patient_at_home_is_named_nowhere_but_among_the_contacts(network: Network) -> None:
    network.make("water-connections", at(10, 5), sensitive="school", sensitive_name="École Prévert")
    network.make("water-connections", at(20, 5), sensitive="dialysis")
    with pytest.raises(FieldRefused) as refused:
        network.make("water-connections", at(30, 5), sensitive="dialysis", sensitive_name="Mme A.")
    (told,) = refused.value.extra["errors"]
    assert (told["field"], "contacts" in told["message"]) == ("sensitive_name", True)


def test_the_same_pipe_twice_is_refused(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    with pytest.raises(GeometryRefused, match=r"already|déjà"):
        network.pipe((100, 0), (0, 0))


def test_two_nodes_in_one_place_are_refused(network: Network) -> None:
    network.node(0, 0)
    with pytest.raises(GeometryRefused, match=r"already|déjà"):
        network.node(0.03, 0)


@pytest.mark.parametrize("cut", [30, 70])
def test_connections_follow_the_piece_that_they_hang_on_wherever_the_pipe_is_cut(network: Network, cut: int) -> None:
    """The longer piece keeps the id of the pipe: once what lies behind the cut, once what lies before it."""
    network.pipe((0, 0), (100, 0))
    houses = {x: network.make("water-connections", at(x, 5)) for x in (10, 90)}
    network.node(cut, 0)
    for x, house in houses.items():
        ((ends,),) = network.rows(
            "select array[st_xmin(p.geom), st_xmax(p.geom)]"
            f" from water_connection c join water_pipe p on p.id = c.pipe_id where c.id = {house}"
        )
        assert ends == ([X, X + cut] if x < cut else [X + cut, X + 100])


def test_a_connection_hangs_on_the_nearest_pipe_and_follows_its_piece(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    tap = network.make("water-connections", at(80, 10), address="3 rue des Lilas")
    network.node(50, 0)
    piece = network.rows(f"select id from water_pipe where st_xmin(geom) > {X + 49}")[0][0]
    assert network.rows(f"select pipe_id from water_connection where id = {tap}") == [(piece,)]


def test_networks_of_two_members_do_not_meet(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    network.make("water-nodes", at(50, 0), who="stranger", kind="valve")
    assert len(network.pipes()) == 1


def test_splitting_and_merging_go_through_the_shared_editing(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0))
    rights, origin = network.rights(), Origin("web")
    with network.as_():
        layer = Layer.objects.get(slug="water-pipes")
        pieces = split(layer, pipe, along((40, -5), (40, 5)), version=1, rights=rights, origin=origin)
    assert len(network.pipes()) == 2
    assert len(kinds(network)) == 3
    features = [(one.id, network.version("water-pipes", one.id)) for one in pieces]
    with network.as_():
        merge(layer, features, rights=rights, origin=origin)
    assert len(network.pipes()) == 1
    assert len(kinds(network)) == 2


def test_what_an_edit_does_to_the_other_table_is_in_its_history(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    network.node(50, 0)
    events = network.rows(
        "select kind, by_user from gis_core_historyevent where \"table\" = 'water_pipe' order by id desc"
    )
    assert events[0] == ("edit", network.people["network_technician"].pk)


def broken(network: Network) -> list[tuple[int]]:
    return network.rows("""
        select p.id from water_pipe p
        join water_node a on a.id = p.start_node_id join water_node b on b.id = p.end_node_id
        where not st_equals(st_startpoint(p.geom), a.geom) or not st_equals(st_endpoint(p.geom), b.geom) or a.id = b.id
        union select p.id from water_pipe p, water_node n
        where st_dwithin(p.geom, n.geom, 0.001) and n.id not in (p.start_node_id, p.end_node_id)
        union select n.id from water_node n, water_node m where n.id < m.id and st_dwithin(n.geom, m.geom, 0.05)
    """)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_edited_every_pipe_ends_on_its_nodes(network: Network, seed: int) -> None:
    chance = random.Random(seed)

    def place() -> tuple[float, float]:
        return chance.randrange(0, 60, 10), chance.randrange(0, 60, 10)

    for _step in range(40):
        nodes = [pk for (pk,) in network.rows("select id from water_node order by id")]
        pipes = [pk for (pk,) in network.rows("select id from water_pipe order by id")]
        act = chance.choice(["pipe", "pipe", "node", "move", "reshape", "remove node", "remove pipe"])
        try:
            match act:
                case "pipe":
                    network.pipe(place(), place())
                case "node":
                    network.node(*place())
                case "move" if nodes:
                    network.change("water-nodes", chance.choice(nodes), at(*place()))
                case "reshape" if pipes:
                    network.change("water-pipes", chance.choice(pipes), along(place(), place(), place()))
                case "remove node" if nodes:
                    network.remove("water-nodes", chance.choice(nodes))
                case "remove pipe" if pipes:
                    network.remove("water-pipes", chance.choice(pipes))
        except GeometryRefused:
            continue
        assert broken(network) == []
