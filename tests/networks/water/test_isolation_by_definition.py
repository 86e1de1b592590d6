"""On a thousand random networks and breaks, the isolation is what an implementation of its definition says."""

import random
from typing import Any

from django.db import connection

from gis_core.members.rights import acting_as
from layers.catalogue.tables import bulk
from layers.features.topology import loading
from networks.water.services.isolation import Request, isolate_breaks, isolation_as_json
from networks.water.services.starting import Start
from tests import factories
from tests.networks.conftest import Network, X, Y
from tests.networks.water.by_definition import N, P, isolate

NETWORKS = 1000
APART_M = 3000
KINDS = ("junction", "fitting", "hydrant", "meter", "chamber")
NODES = """
    insert into water_node (id, owner_id, shared_with, kind, position, condition, service_state, more, version, geom)
    select id, %s, '{}', kind, nullif(position, ''), nullif(condition, ''), state, '{}', 1,
        st_setsrid(st_makepoint(x, y), 2154)
    from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[])
        as given (id, kind, position, condition, state, x, y)
"""
PIPES = """
    insert into water_pipe (id, owner_id, shared_with, service_state, start_node_id, end_node_id, diameter_mm, more,
        version, geom)
    select given.id, %s, '{}', state, a, b, nullif((given.id %% 4) * 50, 0), '{}', 1,
        st_makeline(start.geom, finish.geom)
    from unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) as given (id, state, a, b)
    join water_node start on start.id = a join water_node finish on finish.id = b
"""
CONNECTIONS = """
    insert into water_connection (owner_id, shared_with, pipe_id, service_state, dwellings, more, version, geom)
    select %s, '{}', p.id, 'en_service', 2, '{}', 1, st_startpoint(p.geom)
    from water_pipe p, unnest(%s::bigint[], %s::int[]) as given (id, number), generate_series(1, number)
    where p.id = given.id
"""
Drawn = tuple[dict[int, N], dict[int, P], set[int], set[int]]


def drawn(chance: random.Random, first: int, place: tuple[float, float]) -> Drawn:
    """A network, some of its pipes, some of its valves."""
    size = chance.randint(3, 34)
    valves, closed, stuck = chance.choice((0.2, 0.4, 0.6)), chance.choice((0.1, 0.3)), chance.choice((0.0, 0.2))
    nodes = {first + rank: node(chance, valves, closed, stuck, place) for rank in range(size)}
    for pk in chance.sample(list(nodes), min(size, chance.choice((0, 1, 1, 2, 3)))):
        nodes[pk].kind = chance.choice(("tank", "tank", "treatment", "catchment", "import"))
    pipes: dict[int, P] = {}
    ids = list(nodes)
    for rank, pk in enumerate(ids[1:], 1):
        if chance.random() < 0.95:
            # Near the one before: chains, with branches.
            join(pipes, first, ids[max(0, rank - chance.choice((1, 1, 1, 2, 3, 9)))], pk, chance)
    for _loop in range(chance.randint(0, size // 3)):
        join(pipes, first, *chance.sample(ids, 2), chance)
    live = [pk for pk, pipe in pipes.items() if pipe.state == "en_service"]
    if not live:
        return drawn(chance, first, place)
    breaks = set(chance.sample(live, min(len(live), chance.choice((1, 1, 1, 2, 3)))))
    return nodes, pipes, breaks, {pk for pk in ids if nodes[pk].kind == "valve" and chance.random() < 0.08}


def node(chance: random.Random, valves: float, closed: float, stuck: float, place: tuple[float, float]) -> N:
    made = N(chance.choice(KINDS), x=place[0] + chance.uniform(0, 900), y=place[1] + chance.uniform(0, 900))
    if chance.random() < valves:
        made.kind = "valve"
        made.position = "closed" if chance.random() < closed else chance.choice(("open", None))
        made.condition = (
            chance.choice(("broken", "buried")) if chance.random() < stuck else chance.choice(("working", None))
        )
    if chance.random() < 0.05:
        made.state = chance.choice(("en_arret", "abandon"))
    return made


def join(pipes: dict[int, P], first: int, a: int, b: int, chance: random.Random) -> None:
    if a != b:
        state = "abandon" if chance.random() < 0.06 else "en_service"
        pipes[first + len(pipes)] = P(a, b, state, chance.choice((0, 0, 1, 3)))


def stored(network: Network, everything: list[Drawn]) -> None:
    """All of them in one go, as loaders do. Pipes look their nodes up: those are counted before, whatever was."""
    nodes = [(pk, one) for made in everything for pk, one in made[0].items()]
    pipes = [(pk, one) for made in everything for pk, one in made[1].items()]
    owner = network.member.pk
    ends = [[getattr(one, name) for _pk, one in pipes] for name in ("state", "a", "b")]
    with loading(), bulk(), connection.cursor() as cursor:
        columns: list[list[Any]] = [
            [pk for pk, _one in nodes],
            *([getattr(one, name) or "" for _pk, one in nodes] for name in ("kind", "position", "condition", "state")),
            [one.x for _pk, one in nodes],
            [one.y for _pk, one in nodes],
        ]
        with factories.as_worker():
            cursor.execute(NODES, [owner, *columns])
        with factories.as_owner():
            cursor.execute("analyze water_node")
        with factories.as_worker():
            cursor.execute(PIPES, [owner, [pk for pk, _one in pipes], *ends])
            cursor.execute(CONNECTIONS, [owner, [pk for pk, _one in pipes], [one.connections for _pk, one in pipes]])
        with factories.as_owner():
            cursor.execute("analyze water_pipe, water_connection")


def test_a_thousand_random_networks_are_isolated_as_the_definition_says(network: Network) -> None:
    chance = random.Random(20261126)
    everything = [
        drawn(chance, 1 + rank * 100, (X + rank % 40 * APART_M, Y + rank // 40 * APART_M)) for rank in range(NETWORKS)
    ]
    stored(network, everything)
    told_apart: set[str] = set()
    with acting_as(network.rights("reader")):
        for nodes, pipes, breaks, unusable in everything:
            told_apart |= compare(nodes, pipes, breaks, unusable)
    assert told_apart == {
        *("close", "optional", "closed", "skipped", "sources", "cut_off", "alternatives", "tanks", "hydrants"),
        "unknown",
    }


def compare(nodes: dict[int, N], pipes: dict[int, P], breaks: set[int], unusable: set[int]) -> set[str]:
    """What the case was about; fails where the two differ."""
    right = isolate(nodes, pipes, breaks, unusable)
    graph, found_breaks, found = isolate_breaks(
        Request(breaks=[Start(pipe=pk) for pk in sorted(breaks)], unusable=sorted(unusable))
    )
    case = f"networks {nodes}, pipes {pipes}, breaks {breaks}, unusable {unusable}"
    ours = (
        *(found.zone, found.to_close, found.optional, found.closed, found.skipped, found.sources, found.cut_off),
        *(found.alternatives, found.source_known),
    )
    theirs = (
        *(right.zone, right.close, right.optional, right.closed, right.skipped, right.sources, right.cut_off),
        *(right.alternatives, right.known),
    )
    assert ours == theirs, case
    answer = isolation_as_json(graph, found_breaks, found)
    lost = right.zone | right.cut_off
    assert {one["id"] for one in answer["tanks"]} == right.tanks, case
    assert {one["id"] for one in answer["hydrants"]} == right.hydrants, case
    served = sum(pipes[pk].connections for pk in lost)
    assert (answer["connections"]["count"], answer["connections"]["dwellings"]) == (served, 2 * served), case
    assert (answer["zone"]["pipes"], answer["cut_off"]["pipes"]) == (len(right.zone), len(right.cut_off)), case
    fed = {pk: sum(pipes[pipe].connections for pipe in feeds) for pk, feeds in right.alternatives.items()}
    assert {one["id"]: one["connections"] for one in answer["alternatives"]} == fed, case
    names = ("close", "optional", "closed", "skipped", "sources", "cut_off", "alternatives", "tanks", "hydrants")
    return {name for name in names if getattr(right, name)} | (set() if right.known else {"unknown"})
