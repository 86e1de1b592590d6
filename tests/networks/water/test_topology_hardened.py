"""What people and programs do to a network in other ways than one edit at a time, and what stays true of it."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from layers.catalogue.models import Layer
from layers.features.errors import FieldRefused, GeometryRefused, Missing, NotEditable
from layers.features.services.origin import Origin
from layers.features.services.reshape import merge, split
from layers.features.services.restore import restore
from layers.features.services.write import Edit, EditResult, apply_edits
from tests.networks.conftest import WEB, Network, X, Y, along, at

QGIS = Origin("qgis", "")


def qgis(network: Network, layer: str, *edits: Edit) -> list[EditResult]:
    """Edits as QGIS sends them: without the versions seen."""
    with network.as_():
        return apply_edits(Layer.objects.get(slug=layer), edits, rights=network.rights(), origin=QGIS)


def sewer(network: Network, *places: tuple[float, float], **values: Any) -> int:
    return network.make("sewer-pipes", along(*places), **({"system": "02"} | values))


def end_at(network: Network, x: float, y: float, family: str = "water") -> int:
    place = f"st_setsrid(st_makepoint({X + x}, {Y + y}), 2154)"
    ((found,),) = network.rows(f"select id from {family}_node where st_dwithin(geom, {place}, 0.1)")
    return int(found)


def faults(network: Network, family: str = "water") -> list[tuple[Any, ...]]:
    """What must not be: see networks.water.topology."""
    return network.rows(f"""
        select 'end', p.id from {family}_pipe p
        join {family}_node a on a.id = p.start_node_id join {family}_node b on b.id = p.end_node_id
        where not st_equals(st_startpoint(p.geom), a.geom) or not st_equals(st_endpoint(p.geom), b.geom) or a.id = b.id
            or a.owner_id <> p.owner_id or b.owner_id <> p.owner_id
        union select 'on pipe', p.id from {family}_pipe p, {family}_node n where p.owner_id = n.owner_id
            and st_dwithin(p.geom, n.geom, 0.001) and n.id not in (p.start_node_id, p.end_node_id)
        union select 'twice', n.id from {family}_node n, {family}_node m
            where n.id < m.id and n.owner_id = m.owner_id and st_dwithin(n.geom, m.geom, 0.05)
        union select 'left', n.id from {family}_node n where n.kind = 'junction' and n.reference is null
            and not exists (select from {family}_pipe p where n.id in (p.start_node_id, p.end_node_id))
        union select 'hangs', c.id from {family}_connection c join {family}_pipe p on p.id = c.pipe_id
            where st_distance(c.geom, p.geom) > (select min(st_distance(q.geom, c.geom)) from {family}_pipe q) + 0.01
    """)


# -- several edits at once --------------------------------------------------------------------------------------------


def test_both_ends_of_a_pipe_are_moved_in_one_request(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    qgis(
        network,
        "water-nodes",
        Edit(action="update", id=end_at(network, 0, 0), geometry=at(0, 20)),
        Edit(action="update", id=end_at(network, 100, 0), geometry=at(100, 20)),
    )
    assert [vertices for vertices, _s, _e in network.pipes()] == [[(0, 20), (100, 20)]]
    assert faults(network) == []


def test_a_pipe_and_the_node_at_its_end_are_drawn_in_two_requests_without_versions(network: Network) -> None:
    (made,) = qgis(network, "water-pipes", Edit(action="create", properties={"service_state": "en_service"},
                                                geometry=along((0, 0), (100, 0))))  # fmt: skip
    qgis(network, "water-nodes", Edit(action="update", id=end_at(network, 100, 0), properties={"kind": "hydrant"}))
    qgis(network, "water-pipes", Edit(action="update", id=made.id, geometry=along((0, 0), (100, 50))))
    kinds = network.rows("select kind from water_node order by st_x(geom), st_y(geom)")
    assert kinds == [("junction",), ("hydrant",), ("junction",)]
    assert faults(network) == []


def test_several_pipes_that_meet_are_drawn_in_one_request(network: Network) -> None:
    given = {"service_state": "en_service"}
    lines = [along((0, 0), (100, 0)), along((50, 50), (50, 0)), along((50, 0), (50, 10), (90, 50))]
    qgis(network, "water-pipes", *(Edit(action="create", properties=given, geometry=line) for line in lines))
    assert len(network.pipes()) == 4
    assert faults(network) == []


def test_a_pipe_is_drawn_out_past_its_own_former_end(network: Network) -> None:
    pipe = network.pipe((0, 0), (50, 0))
    network.change("water-pipes", pipe, along((0, 0), (100, 0)))
    assert [vertices for vertices, _s, _e in network.pipes()] == [[(0, 0), (100, 0)]]
    assert faults(network) == []


def test_a_pipe_drawn_out_past_equipment_at_its_end_is_cut_there(network: Network) -> None:
    network.node(50, 0, "hydrant")
    pipe = network.pipe((0, 0), (50, 0))
    network.change("water-pipes", pipe, along((0, 0), (100, 0)))
    assert len(network.pipes()) == 2
    assert faults(network) == []


def test_two_pipes_removed_together_leave_nothing(network: Network) -> None:
    pipes = [network.pipe((0, 0), (50, 0)), network.pipe((50, 0), (100, 0))]
    qgis(network, "water-pipes", *(Edit(action="delete", id=one) for one in pipes))
    assert network.rows("select count(*) from water_node") == [(0,)]


def test_a_node_changes_its_kind_and_the_network_stays(network: Network) -> None:
    valve = network.node(50, 0)
    network.pipe((0, 0), (100, 0))
    network.change("water-nodes", valve, kind="junction")
    assert len(network.pipes()) == 2
    assert faults(network) == []


@pytest.mark.parametrize("layer", ["water-nodes", "water-pipes"])
def test_objects_of_another_member_are_not_edited(network: Network, layer: str) -> None:
    network.pipe((0, 0), (100, 0))
    pk = network.rows(f"select min(id) from {layer.replace('-', '_')[:-1]}")[0][0]
    with pytest.raises((NotEditable, Missing)):
        network.edit(layer, [Edit(action="delete", id=pk, version=1)], who="stranger")
    assert len(network.pipes()) == 1


# -- connections ------------------------------------------------------------------------------------------------------


def test_connections_follow_a_pipe_that_is_drawn_over_several_nodes(network: Network) -> None:
    pipe = network.pipe((0, 0), (0, 90))
    taps = [network.make("water-connections", at(5, y)) for y in (15, 45, 75)]
    for y in (30, 60):
        network.node(50, y)
    for tap, y in zip(taps, (15, 45, 75), strict=True):
        network.change("water-connections", tap, at(45, y))
    network.change("water-pipes", pipe, along((50, 0), (50, 90)))
    assert len(set(network.rows("select pipe_id from water_connection"))) == 3
    assert faults(network) == []


def test_connections_of_a_pipe_that_is_removed_hang_on_none(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0))
    network.pipe((0, 40), (100, 40))
    network.make("water-connections", at(50, 5))
    network.remove("water-pipes", pipe)
    assert network.rows("select pipe_id from water_connection") == [(None,)]


# -- history ----------------------------------------------------------------------------------------------------------


def bring_back(network: Network, layer: str, pk: int, version: int, seen: int | None = None) -> EditResult:
    with network.as_():
        return restore(
            Layer.objects.get(slug=layer),
            pk,
            version=version,
            current_version=seen,
            rights=network.rights(),
            origin=WEB,
        )


def test_a_node_that_was_removed_and_is_restored_splits_the_merged_pipe(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    valve = network.node(40, 0)
    network.remove("water-nodes", valve)
    assert len(network.pipes()) == 1
    bring_back(network, "water-nodes", valve, 1)
    assert len(network.pipes()) == 2
    assert faults(network) == []


def test_a_pipe_that_was_removed_and_is_restored_finds_its_nodes(network: Network) -> None:
    network.node(0, 0, "tank")
    pipe = network.pipe((0, 0), (100, 0), material="fd")
    network.remove("water-pipes", pipe)
    bring_back(network, "water-pipes", pipe, 1)
    assert network.rows("select id, material from water_pipe") == [(pipe, "fd")]
    assert faults(network) == []


def test_a_pipe_restored_where_another_now_lies_is_refused(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0))
    valve = network.node(40, 0)
    network.remove("water-nodes", valve)
    with pytest.raises(GeometryRefused):
        bring_back(network, "water-pipes", pipe + 1, 1)
    assert faults(network) == []


def test_a_node_made_and_removed_again_leaves_the_pipe_as_it_was(network: Network) -> None:
    pipe = network.pipe((0, 0), (100, 0), start_z=10.0, end_z=8.0)
    tap = network.make("water-connections", at(70, 5))
    network.remove("water-nodes", network.node(40, 0, "junction"))
    assert network.rows("select id, start_z, end_z from water_pipe") == [
        (network.rows("select id from water_pipe")[0][0], 10, 8)
    ]
    assert network.rows(f"select pipe_id from water_connection where id = {tap}") == network.rows(
        "select id from water_pipe"
    )
    assert pipe


# -- sewers -----------------------------------------------------------------------------------------------------------


def cut(network: Network, pipe: int) -> list[EditResult]:
    with network.as_():
        layer = Layer.objects.get(slug="sewer-pipes")
        version = network.version("sewer-pipes", pipe)
        return split(layer, pipe, along((40, 0), (40, 20)), version=version, rights=network.rights(), origin=WEB)


def test_a_sewer_split_with_the_shared_tool_shares_its_heights_out_and_keeps_its_system(network: Network) -> None:
    pipe = sewer(network, (0, 10), (100, 10), start_z=20.0, end_z=10.0, system="01")
    cut(network, pipe)
    rows = network.rows("select start_z, end_z, system from sewer_pipe order by st_xmin(geom)")
    assert [(round(a, 3), round(b, 3), system) for a, b, system in rows] == [(20, 16, "01"), (16, 10, "01")]
    assert network.rows("select distinct system from sewer_node") == [("01",)]
    assert faults(network, "sewer") == []


@pytest.mark.parametrize("first", [0, 1])
def test_sewers_merged_with_the_shared_tool_keep_their_direction_and_outer_heights(
    network: Network, first: int
) -> None:
    pipe = sewer(network, (100, 10), (0, 10), start_z=20.0, end_z=10.0)
    pieces = [one.id for one in cut(network, pipe)]
    pieces = pieces if not first else pieces[::-1]
    seen = [(one, network.version("sewer-pipes", one)) for one in pieces]
    with network.as_():
        merge(Layer.objects.get(slug="sewer-pipes"), seen, rights=network.rights(), origin=WEB)
    ((vertices, _s, _e),) = network.pipes("sewer")
    assert (vertices[0], vertices[-1]) == ((100, 10), (0, 10))
    assert network.rows("select start_z, end_z from sewer_pipe") == [(20, 10)]


# -- whatever is done -------------------------------------------------------------------------------------------------


def step(network: Network, family: str, chance: random.Random) -> None:
    def place() -> tuple[float, float]:
        return chance.randrange(0, 60, 10), chance.randrange(0, 60, 10)

    def some(table: str) -> Sequence[int]:
        return [pk for (pk,) in network.rows(f"select id from {family}_{table} order by id")]

    more = {"system": chance.choice(["01", "02"])} if family == "sewer" else {}
    nodes, pipes = some("node"), some("pipe")
    act = chance.choice(["pipe", "pipe", "node", "move", "reshape", "remove node", "remove pipe", "tap", "out"])
    match act:
        case "pipe":
            network.make(f"{family}-pipes", along(place(), place()), start_z=10.0, end_z=5.0, **more)
        case "node":
            network.make(f"{family}-nodes", at(*place()), kind="valve", **more)
        case "move" if nodes:
            network.change(f"{family}-nodes", chance.choice(nodes), at(*place()))
        case "reshape" if pipes:
            network.change(f"{family}-pipes", chance.choice(pipes), along(place(), place(), place()))
        case "out" if pipes:
            network.change(f"{family}-pipes", chance.choice(pipes), along((0, 0), (chance.randrange(10, 60, 10), 0)))
        case "remove node" if nodes:
            network.remove(f"{family}-nodes", chance.choice(nodes))
        case "remove pipe" if pipes:
            network.remove(f"{family}-pipes", chance.choice(pipes))
        case "tap":
            network.make(f"{family}-connections", at(*place()), **more)


@pytest.mark.parametrize("family", ["water", "sewer"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_the_network_stays_one(network: Network, family: str, seed: int) -> None:
    chance = random.Random(100 + seed)
    for _step in range(40):
        try:
            step(network, family, chance)
        except GeometryRefused:
            continue
        assert [row for row in faults(network, family) if row[0] != "hangs"] == []


def test_an_end_dragged_beyond_its_valve_leaves_the_valve_between_two_pipes(network: Network) -> None:
    network.node(100, 0, "valve", reference="V1")
    pk = network.pipe((100, 0), (200, 0), reference="C1")
    network.change("water-pipes", pk, along((80, 0), (200, 0)))
    assert sorted(line for line, _start, _end in network.pipes()) == [
        [(80.0, 0.0), (100.0, 0.0)],
        [(100.0, 0.0), (200.0, 0.0)],
    ]


def test_the_pipe_with_a_reference_keeps_it_where_two_become_one(network: Network) -> None:
    network.pipe((0, 0), (30, 0), reference="C1")
    network.pipe((30, 0), (100, 0))
    (node,) = network.rows("select end_node_id from water_pipe where reference = 'C1'")[0]
    network.remove("water-nodes", node)
    assert network.rows("select reference, round(st_length(geom)) from water_pipe") == [("C1", 100)]


# -- values that the database refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "values", "field", "words"),
    [
        ("water-pipes", {"laid_from_year": 2000, "laid_to_year": 1990}, "laid_to_year", "échangez-les"),
        ("sewer-pipes", {"system": "02", "laid_from_year": 2000, "laid_to_year": 1990}, "laid_to_year", "échangez-les"),
        ("water-pipes", {"laid_to_year": 99999}, "laid_to_year", "{year} ou moins"),
        ("water-pipes", {"diameter_mm": -5}, "diameter_mm", "1 ou plus"),
        ("water-pipes", {"diameter_mm": 10**12}, "diameter_mm", "ou moins"),
    ],
)
def test_a_value_that_cannot_be_is_told_at_its_field(
    network: Network, layer: str, values: dict[str, Any], field: str, words: str
) -> None:
    with translation.override("fr"), pytest.raises(FieldRefused) as refused:
        network.make(layer, along((0, 0), (50, 0)), **values)
    (error,) = refused.value.extra["errors"]
    assert error["field"] == field
    assert words.format(year=date.today().year) in error["message"]


def test_a_value_beyond_the_limits_that_the_row_holds_already_may_stay(network: Network) -> None:
    pipe = network.pipe((0, 0), (50, 0))
    network.rows(f"update water_pipe set diameter_mm = -5 where id = {pipe} returning id")
    network.change("water-pipes", pipe, diameter_mm=-5, comment="vu")
    assert network.rows(f"select comment from water_pipe where id = {pipe}") == [("vu",)]
