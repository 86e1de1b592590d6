"""Ends that nearly meet are joined within a distance, each move told and kept, and undone as one step."""

import json
import random
from pathlib import Path

import pytest
import shapely

from networks.water.importers.draft import Draft, NodeRow, PipeRow
from networks.water.importers.topology_building import There, build_topology, likely_distance, near_misses
from tests.networks.conftest import Network
from tests.networks.water.importing import Importing, Row, pipe, spot, widen
from tests.networks.water.test_importing import counts, lengths


def draft(*pipes: list[tuple[float, float]], nodes: tuple[tuple[float, float], ...] = ()) -> Draft:
    return Draft(
        family="water",
        source="",
        pipes=[PipeRow(key=f"P{n}", geom=shapely.LineString(line), row=n) for n, line in enumerate(pipes, start=1)],
        nodes=[
            NodeRow(key=f"N{n}", geom=shapely.Point(place), values={"kind": "valve", "reference": f"N{n}"}, row=n)
            for n, place in enumerate(nodes, start=1)
        ],
    )


def test_an_end_goes_to_the_node_within_the_distance() -> None:
    made = build_topology(draft([(0, 0), (99.6, 0)], nodes=((100, 0),)), There(), snap_m=0.5)
    assert made.parts[0].line.coords[-1] == (100, 0)
    assert [(move.target, round(move.metres, 2)) for move in made.moves] == [("node", 0.4)]


def test_an_end_beyond_the_distance_stays_and_is_told() -> None:
    made = build_topology(draft([(0, 0), (99.3, 0)], nodes=((100, 0),)), There(), snap_m=0.5)
    assert not made.moves
    assert [round(one.metres, 2) for one in made.loose] == [0.7, 0.7]


def test_an_end_goes_to_the_pipe_beside_it_which_is_cut() -> None:
    made = build_topology(draft([(0, 0), (100, 0)], [(50, 0.3), (50, 40)]), There(), snap_m=0.5)
    assert len(made.parts) == 3
    assert [move.target for move in made.moves] == ["pipe"]


def test_two_ends_meet_where_more_pipes_are() -> None:
    made = build_topology(draft([(0, 0), (50, 0)], [(50, 0), (50, 50)], [(50.2, 0), (99, 0)]), There(), snap_m=0.5)
    assert made.parts[2].line.coords[0] == (50, 0)
    assert [move.pipe.key for move in made.moves if move.pipe] == ["P3"]


def test_the_two_ends_of_a_short_pipe_are_never_one() -> None:
    made = build_topology(draft([(0, 0), (50, 0)], [(50, 0), (50.3, 0)], [(50.3, 0), (90, 0)]), There(), snap_m=0.5)
    assert not made.moves
    assert [piece.start != piece.end for piece in made.parts] == [True] * 3


def test_a_stub_beside_the_pipe_that_it_leaves_stays() -> None:
    made = build_topology(draft([(0, 0), (100, 0)], [(50, 0), (50, 0.4)]), There(), snap_m=1.0)
    assert not made.moves


def test_nodes_of_the_file_never_become_one_by_snapping() -> None:
    made = build_topology(draft([(0, 0), (50, 0)], nodes=((50, 0), (50.3, 0))), There(), snap_m=1.0)
    assert len(made.node_of) == 2


def test_a_valve_beside_a_pipe_is_put_on_it() -> None:
    made = build_topology(draft([(0, 0), (100, 0)], nodes=((40, 0.2),)), There(), snap_m=0.5)
    assert len(made.parts) == 2
    assert [(move.node and move.node.key, move.to) for move in made.moves] == [("N1", (40, 0))]


def test_moves_do_not_add_up_along_a_row_of_ends() -> None:
    lines = [[(place * 0.4, 0), (place * 0.4, 50 + place)] for place in range(5)]
    made = build_topology(draft(*lines), There(), snap_m=0.5)
    assert max(move.metres for move in made.moves) <= 0.5


def test_the_distance_proposed_is_the_one_that_heals_nearly_all_that_is_close() -> None:
    lines = [[(0, 10 * row), (50, 10 * row)] for row in range(40)] + [
        [(50.2, 10 * row), (99, 10 * row)] for row in range(40)
    ]
    found = near_misses(draft(*lines), There())
    assert (len(found), likely_distance(found)) == (80, 0.25)


def test_nothing_is_moved_where_everything_meets() -> None:
    assert likely_distance(near_misses(draft([(0, 0), (50, 0)], [(50, 0), (90, 0)]), There())) == 0.05


@pytest.mark.parametrize("seed", range(40))
def test_whatever_comes_in_pipes_end_on_their_nodes_and_nothing_lies_uncut(seed: int) -> None:
    rng = random.Random(seed)
    step, jitter, snap = rng.choice([10.0, 60.0]), rng.choice([0.1, 0.4, 1.0]), rng.choice([0.05, 0.25, 0.5, 1.0])

    def around(x: int, y: int) -> tuple[float, float]:
        moved = [rng.uniform(-jitter, jitter) if rng.random() < 0.4 else 0.0 for _edge in range(2)]
        return x * step + moved[0], y * step + moved[1]

    steps = [((x, y), (x + dx, y + dy)) for x in range(4) for y in range(4) for dx, dy in ((1, 0), (0, 1))]
    lines = [[around(*one), around(*other)] for one, other in steps if max(other) < 4]
    nodes = tuple(around(x, y) for x in range(4) for y in range(4) if rng.random() < 0.4)
    made = build_topology(draft(*lines, nodes=nodes), There(), snap_m=snap)
    assert not [one for one in made.findings if one.severity == "error"]
    for piece in made.parts:
        assert (piece.line.coords[0], piece.line.coords[-1]) == (made.spots[piece.start], made.spots[piece.end])
        assert piece.line.length >= 0.05
    found = shapely.STRtree([piece.line for piece in made.parts])
    for place, line in found.query(shapely.points(made.spots), predicate="dwithin", distance=0.05).T.tolist():
        assert place in (made.parts[line].start, made.parts[line].end)


def test_what_goes_beyond_a_junction_on_another_pipe_is_left_out() -> None:
    made = build_topology(
        draft([(0, 0), (50, 0)], [(50, 0), (90, 0)], [(49.6, 0), (50, 0), (50, 40)]), There(), snap_m=0.05
    )
    assert sorted(round(piece.line.length, 1) for piece in made.parts) == [0.4, 40, 40, 49.6]
    assert [one.severity for one in made.findings] == ["warning"]


# -- as people do it ---------------------------------------------------------------------------------------------------


def near_rows() -> list[Row]:
    return [
        pipe("C1", (0, 0), (100, 0)),
        pipe("C2", (100.3, 0), (200, 0)),
        pipe("C3", (50, 0.2), (50, 60)),
        pipe("C4", (400, 0), (500, 0)),
        pipe("C5", (402, 0.9), (402, 70)),
    ]


def test_the_preview_counts_by_distance_and_lists_the_largest_moves(importing: Importing) -> None:
    made = importing.sent(importing.file("canalisations", near_rows()), snap_m=1.0)
    by_class = {one["most"]: one["count"] for one in made.plan["classes"] if one["count"]}
    assert by_class == {0.25: 1, 0.5: 2, 1.0: 1, 5.0: 1}
    assert [(one["key"], one["metres"]) for one in made.plan["moves"]][:2] == [("C5", 0.9), ("C2", 0.3)]
    assert made.plan["loose"] == 0
    assert importing.read(made, snap_m=0.25).plan["loose"] == 4


def test_the_snapping_is_undone_as_one_step(importing: Importing, network: Network) -> None:
    made = importing.loaded(importing.file("canalisations", near_rows()), snap_m=1.0)
    assert lengths(network) == [2, 50, 50, 60, 70, 98, 100]
    assert counts(network) == (9, 7)
    made = importing.undo(made)
    assert made.report["undone"]["ends"] == 3
    assert lengths(network) == [59.8, 69.1, 99.7, 100, 100]
    assert counts(network) == (10, 5)
    assert network.rows(f"select count(*) from arpent.network_faults('water', {network.member.pk}, {made.pk})") == [
        (0,)
    ]
    importing.take_back(made)
    assert counts(network) == (0, 0)


def test_an_end_that_somebody_moved_since_stays_when_the_snapping_is_undone(
    importing: Importing, network: Network
) -> None:
    from tests.networks.conftest import along

    made = importing.loaded(importing.file("canalisations", near_rows()[:2]), snap_m=0.5)
    (pk,) = network.rows("select id from water_pipe where reference = 'C2'")[0]
    network.change("water-pipes", pk, along((100, 5), (200, 0)))
    made = importing.undo(made)
    assert (made.report["undone"]["ends"], made.report["undone"]["left"], made.report["undone"]["along"]) == (0, 1, 0)


def test_an_end_that_ran_along_the_pipe_it_meets_stays_and_is_told_as_such(
    importing: Importing, network: Network
) -> None:
    """In the file C2 begins on C1, 0.4 m before the valve: put back, these 0.4 m would be there twice."""
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), pipe("C2", (99.6, 0), (200, 0))])
    made = importing.loaded(pipes, importing.file("vannes", [spot("V1", 100, 0)]), snap_m=0.5)
    made = importing.undo(made)
    assert {name: made.report["undone"][name] for name in ("ends", "left", "along")} == {
        "ends": 0, "left": 1, "along": 1,
    }  # fmt: skip
    assert lengths(network) == [100, 100]


def test_an_end_that_ran_beyond_its_valve_into_open_ground_goes_back(importing: Importing, network: Network) -> None:
    """The pipe is cut at the valve, which stays on it; the piece beyond is a pipe of its own."""
    pipes = importing.file("canalisations", [pipe("C1", (99.7, 0), (200, 0))])
    made = importing.loaded(pipes, importing.file("vannes", [spot("V1", 100, 0)]), snap_m=0.5)
    importing.undo(made)
    assert lengths(network) == [0.3, 100]


def test_a_valve_put_on_a_pipe_goes_back_beside_it(importing: Importing, network: Network) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    made = importing.loaded(pipes, importing.file("vannes", [spot("V1", 40, 0.3)]), snap_m=0.5)
    assert counts(network) == (3, 2)
    importing.undo(made)
    assert lengths(network) == [100]
    assert network.rows("select reference, round((st_y(geom) - 6717000)::numeric, 2)::float from water_node"
                        " where kind = 'valve'") == [("V1", 0.3)]  # fmt: skip


def test_thousands_of_near_misses_of_a_real_network_are_healed(
    importing: Importing, network: Network, shared_data: Path
) -> None:
    """ky4 of EPANET's examples, whose ends were moved apart; put on our ground, its feet made metres."""
    folder = shared_data / "eau_epanet" / "ky4_geojson"
    if not folder.is_dir():
        pytest.skip("the disconnected network is not on this machine")
    told = json.loads((folder / "ky4_disconnected_pipes.geojson").read_text())
    rows: list[Row] = []
    for feature in told["features"]:
        line = shapely.from_geojson(json.dumps(feature["geometry"]))
        places = [((x - 4_950_000) * 0.3048, (y - 3_880_000) * 0.3048) for x, y in shapely.get_coordinates(line)]
        rows.append(pipe(feature["properties"]["name"], *places))
    widen(network)
    file = importing.file("canalisations", rows)
    apart = importing.sent(file, snap_m=0.05)
    joined = importing.read(apart, snap_m=2.0)
    assert joined.plan["networks"][0]["parts"] < apart.plan["networks"][0]["parts"]
    assert joined.plan["moved"] > 300
    assert joined.plan["errors"] == 0, joined.findings[:3]
    assert importing.load(joined).state == "applied"
