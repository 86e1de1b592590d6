"""Networks: a drinking water network of 400,000 pipes, and what is asked of it while a pipe is broken.

Streets cross on a grid of 225 by 225, each street in three pieces, dead ends hang on them. Districts of 3 x 3, 5 x 5
and 15 x 15 crossings have a valve on every street that leaves them; the other 50,000 lie inside. 36 tanks.
A square of 50 by 50 crossings is a network of its own, of 20,000 pipes. Everything is drawn by hashes of ranks, and so
the same every time.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import psycopg
from psycopg import sql

from benchmarks.database import BenchDatabase
from benchmarks.rows import Row
from benchmarks.technician import Asked, Technician, query_rows, technician_of
from benchmarks.tiles import Field
from benchmarks.work import run_work
from gis_core.models import Member
from gis_core.operations.progress import step

PIPES, SIDE, STREET_M = 400_000, 225, 120
TREES: Final = 97_900
CONNECTIONS: Final = 150_000
CORNER: Final = (560_000, 6_650_000)
TABLES = ("water_connection", "water_pipe", "water_node")
# The crossings of the square that is a network of its own.
APART: Final = 50
MEMBER, SIREN = "mesure-reseaux", "999001043"
MEDIAN = Row("isolement d'une casse, 400 000 canalisations, médiane", None, "ms", "at most", 60)
WORST = Row("isolement d'une casse, 400 000 canalisations, 95e centile", None, "ms", "at most", 200)
AGAINST = Row(
    "isolement de plus de 1 000 canalisations face à networkx, graphe en mémoire",
    None,
    "ms",
    "at most",
    5,
    relative=True,
)
TRACED = Row("suivi de 20 000 canalisations, médiane", None, "ms", "at most", 1000)
SPLIT = Row("vanne posée sur une canalisation, qui est coupée, médiane", None, "ms", "at most", 80)
MERGED = Row("vanne enlevée, canalisations réunies, médiane", None, "ms", "at most", 80)
SCANNED = Row("recherche des anomalies d'un réseau de 400 000 canalisations", None, "s", "at most", 60)
NOTICED = Row("avis à 5 000 adresses : brouillon, personnes touchées, liste", None, "ms", "at most", 1000)
WARMING, COUNT, LARGE, EDITS, TRACES = 20, 200, 12, 40, 7
ADDRESSES, CONTACTS, NOTICES = 5_000, 20_000, 5
ISOLATION, TRACE = "/api/v1/networks/water/isolation", "/api/v1/networks/water/trace"
NODES_EDITED = "/api/v1/layers/water-nodes/edits/"
SOME = "select id from water_pipe where owner_id = %s order by hashint8extended(id, 11), id limit %s"
INSIDE = """
    select id from water_pipe where owner_id = %s and geom && st_makeenvelope(%s, %s, %s, %s, 2154)
    order by hashint8extended(id, 12), id limit %s
"""
MIDDLES = """
    select id, st_x(middle), st_y(middle) from (
        select id, st_lineinterpolatepoint(geom, 0.5) as middle from water_pipe where owner_id = %s
        order by hashint8extended(id, 13), id limit %s) as drawn
"""

# Hash of a rank and a salt, from 0 to 999.
CHANCE = "(hashint8extended({}, {}) & 9223372036854775807) %% 1000"
# A street: from a crossing eastwards (0) or northwards (1); it `leaves` its district or not.
STREETS = f"""
    create temporary table street on commit drop as
    with drawn as (
        select row_number() over (order by x, y, way) as rank, x, y, way,
            case when x < %(side)s * 2 / 3 then 3 when x < %(side)s * 14 / 15 then 5 else 15 end as district
        from generate_series(0, %(side)s - 1) as x, generate_series(0, %(side)s - 1) as y, generate_series(0, 1) as way
        where (way = 0 and x < %(side)s - 1) or (way = 1 and y < %(side)s - 1))
    select rank, x, y, way, district,
        case way when 0 then x %% district else y %% district end = district - 1 as leaves,
        {CHANCE.format("rank", 1)} as chance from drawn where {CHANCE.format("rank", 2)} >= 2
        and not (way = 0 and x = %(apart)s - 1 and y < %(apart)s)
        and not (way = 1 and y = %(apart)s - 1 and x < %(apart)s)
"""
# Numbers of nodes: crossings first, then two in each street, then the dead ends.
NODES = """
    create temporary table place on commit drop as
    select 1 + x * %(side)s + y as rank, 'junction' as kind,
        x * %(street)s::float8 as east, y * %(street)s::float8 as north
    from generate_series(0, %(side)s - 1) as x, generate_series(0, %(side)s - 1) as y
    union all
    select %(side)s * %(side)s + 2 * rank - 2 + piece,
        case when leaves and piece = 1 then 'valve'
            when district < 15 and piece = 2 and chance < 90 then 'valve'
            when chance between 200 and 260 then 'hydrant' else 'fitting' end,
        x * %(street)s + case way when 0 then piece * %(street)s / 3.0 else 0 end,
        y * %(street)s + case way when 1 then piece * %(street)s / 3.0 else 0 end
    from street, generate_series(1, 2) as piece
"""
DEAD_ENDS = f"""
    create temporary table dead_end on commit drop as
    with chosen as (
        select row_number() over (order by hashint8extended(rank, 3), rank) as number, rank, east, north from place
        where rank > %(side)s * %(side)s limit %(trees)s)
    select number, %(first)s + number as rank, rank as upon, east + 20 as east, north + 25 as north from chosen;
    insert into place select rank, case when {CHANCE.format("rank", 4)} < 150 then 'valve'
        when {CHANCE.format("rank", 4)} < 250 then 'hydrant' else 'junction' end, east, north from dead_end
"""
TANKS = """
    create temporary table tank on commit drop as
    select %(last)s + row_number() over (order by x, y) as rank, 1 + x * %(side)s + y as upon,
        x * %(street)s - 20.0 as east, y * %(street)s - 20.0 as north
    from generate_series(%(gap)s / 2, %(side)s - 1, %(gap)s) as x,
        generate_series(%(gap)s / 2, %(side)s - 1, %(gap)s) as y;
    insert into place select rank, 'tank', east, north from tank
"""
RESERVED = """
    select min(id) - 1 from (select nextval('water_node_id_seq') as id from generate_series(1, %(last)s + 100)) as drawn
"""
STORED_NODES = f"""
    insert into water_node (id, owner_id, shared_with, kind, reference, service_state, position, condition, diameter_mm,
        capacity_m3, more, version, geom)
    select %(base)s + rank, %(owner)s, '{{}}', kind,
        case when kind in ('valve', 'tank') then upper(left(kind, 1)) || rank end, 'en_service',
        case when kind = 'valve' then case when {CHANCE.format("rank", 5)} < 10 then 'closed' else 'open' end end,
        case when kind = 'valve' then case when {CHANCE.format("rank", 6)} < 15 then 'broken' else 'working' end end,
        100, case when kind = 'tank' then 500 end, '{{}}', 1,
        st_setsrid(st_makepoint(%(east)s + east, %(north)s + north), 2154)
    from place
"""
STORED_PIPES = """
    insert into water_pipe (owner_id, shared_with, service_state, material, diameter_mm, laid_from_year, laid_to_year,
        start_node_id, end_node_id, more, version, geom)
    select %(owner)s, '{}', 'en_service', (array['fd', 'fg', 'pvc', 'pehd', 'amci'])[1 + a %% 5],
        (array[60, 80, 100, 150, 200])[1 + a %% 5], 1950 + a %% 70, 1950 + a %% 70, %(base)s + a, %(base)s + b, '{}', 1,
        st_makeline(start.geom, finish.geom)
    from (
        select 1 + x * %(side)s + y as a, %(side)s * %(side)s + 2 * rank - 1 as b from street
        union all select %(side)s * %(side)s + 2 * rank - 1, %(side)s * %(side)s + 2 * rank from street
        union all select %(side)s * %(side)s + 2 * rank,
            1 + (x + 1 - way) * %(side)s + y + way from street
        union all select upon, rank from dead_end
        union all select upon, rank from tank) as ends
    join water_node start on start.id = %(base)s + a join water_node finish on finish.id = %(base)s + b
    order by a, b
"""
STORED_CONNECTIONS = """
    insert into water_connection (owner_id, shared_with, pipe_id, reference, service_state, address, dwellings,
        sensitive, more, version, geom)
    select %(owner)s, '{}', id, 'B' || number, 'en_service', number || ' rue de la Mesure, 45901 Mesure',
        1 + number %% 4, case when number %% 400 = 0 then 'school' end, '{}', 1,
        st_translate(st_lineinterpolatepoint(geom, 0.5), 4, 4)
    from (select id, geom, row_number() over (order by hashint8extended(id, 7), id) as number from water_pipe
        where owner_id = %(owner)s) as drawn
    where number <= %(connections)s
"""


def fill(connection: psycopg.Connection[tuple[Any, ...]], owner: int, side: int = SIDE) -> None:
    """The network of a member anew, in one transaction of the worker's role; the tables' other rows stay."""
    values = sizes(side) | {"owner": owner}
    with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
        cursor.execute("select set_config('arpent.topology', 'off', true), set_config('arpent.bulk', 'on', true)")
        for table in TABLES:
            cursor.execute(sql.SQL("delete from {} where owner_id = %s").format(sql.Identifier(table)), [owner])
        cursor.execute(RESERVED, values)
        (values["base"],) = cursor.fetchone() or (0,)
        for statement in (STREETS, NODES, DEAD_ENDS, TANKS, STORED_NODES, STORED_PIPES, STORED_CONNECTIONS):
            cursor.execute(statement, values)


def sizes(side: int) -> dict[str, Any]:
    """What the statements are given for a square of so many crossings; the whole one has `PIPES`."""
    share = (side / SIDE) ** 2
    streets = 2 * side * (side - 1)
    trees = int(TREES * share)
    return {
        **{
            "apart": APART * side // SIDE,
            "side": side,
            "street": STREET_M,
            "east": CORNER[0],
            "north": CORNER[1],
            "trees": trees,
        },
        **{"connections": int(CONNECTIONS * share), "gap": max(2, (side + 2) // 6)},
        **{"first": side * side + 2 * streets, "last": side * side + 2 * streets + trees},
    }


# -- who asks, of what ------------------------------------------------------------------------------------------------


def prepare_network(made: BenchDatabase) -> Technician:
    """The network and who asks, made unless they are there."""
    asker = technician_of(MEMBER, name="Mesure réseaux", siren=SIREN, kind=Member.Kind.EPCI)
    with made.connect("owner") as connection:
        (pipes,) = connection.execute(
            "select count(*) from water_pipe where owner_id = %s", [asker.member.pk]
        ).fetchone() or (0,)
        if not isinstance(pipes, int) or pipes < PIPES * 0.99:
            with step("Réseau de mesure"), made.connect("worker") as worker:
                fill(worker, asker.member.pk)
        connection.execute(sql.SQL("vacuum analyze {}").format(sql.SQL(", ").join(map(sql.Identifier, TABLES))))
    return asker


# -- measures ---------------------------------------------------------------------------------------------------------


def empty_rows() -> list[Row]:
    return [MEDIAN, WORST, AGAINST, TRACED, SPLIT, MERGED, SCANNED, NOTICED]


def network_rows(field: Field) -> list[Row]:
    """Every row about the network, one client."""
    asker = prepare_network(field.made)
    measures: Sequence[Callable[[BenchDatabase, Technician, Asked], list[Row]]] = (
        isolation_rows, large_row, trace_row, edit_rows, scan_row, notice_row,
    )  # fmt: skip
    # A connection for each: the server closes one that waits long.
    return [row for measure in measures for row in measure(field.made, asker, Asked(field.port, asker.headers))]


def isolation_rows(made: BenchDatabase, asker: Technician, asked: Asked) -> list[Row]:
    """Breaks anywhere, each pipe once."""
    taken, zones = [], []
    for (pk,) in query_rows(made, SOME, asker.member.pk, COUNT + WARMING):
        milliseconds, answer = asked.post(ISOLATION, {"pipe": pk})
        taken.append(milliseconds)
        zones.append(answer["zone"]["pipes"])
    taken, note = (
        taken[WARMING:],
        f"zones de {min(zones)} à {max(zones)} canalisations, médiane {statistics.median(zones):.0f}",
    )
    worst = statistics.quantiles(taken, n=20)[-1]
    return [replace(MEDIAN, ours=statistics.median(taken), note=note), replace(WORST, ours=worst, note=note)]


def large_row(made: BenchDatabase, asker: Technician, asked: Asked) -> list[Row]:
    """Breaks in the largest districts: over HTTP with everything told, and the ids alone by networkx."""
    from benchmarks.networkx_isolation import Peer

    east = CORNER[0] + SIDE * 14 // 15 * STREET_M
    box = (east, CORNER[1], CORNER[0] + SIDE * STREET_M, CORNER[1] + SIDE * STREET_M)
    peer = Peer(made, asker.member.pk)
    ours: list[float] = []
    theirs: list[float] = []
    sizes: list[int] = []
    for (pk,) in query_rows(made, INSIDE, asker.member.pk, *box, LARGE * 4):
        milliseconds, answer = asked.post(ISOLATION, {"pipe": pk})
        if answer["zone"]["pipes"] <= 1000 or len(ours) == LARGE:
            continue
        begun = time.perf_counter()
        found = peer.isolate(pk)
        theirs.append((time.perf_counter() - begun) * 1000)
        ours.append(milliseconds)
        sizes.append(answer["zone"]["pipes"])
        closing = sum(one["status"] == "close" for one in answer["valves"])
        same = (len(found.zone), len(found.to_close), len(found.cut_off))
        if same != (answer["zone"]["pipes"], closing, answer["cut_off"]["pipes"]):
            raise RuntimeError(f"networkx finds {same} around pipe {pk}")
    note = f"{len(ours)} zones de {min(sizes)} à {max(sizes)} canalisations ; mêmes vannes, mêmes coupures"
    return [replace(AGAINST, ours=statistics.median(ours), reference=statistics.median(theirs), note=note)]


def trace_row(made: BenchDatabase, asker: Technician, asked: Asked) -> list[Row]:
    """All that is connected in the network apart."""
    corner = (CORNER[0] + 1000, CORNER[1] + 1000, CORNER[0] + 4000, CORNER[1] + 4000)
    taken = []
    for (pk,) in query_rows(made, INSIDE, asker.member.pk, *corner, TRACES):
        milliseconds, answer = asked.post(TRACE, {"pipe": pk, "direction": "connected"})
        taken.append(milliseconds)
    return [replace(TRACED, ours=statistics.median(taken), note=f"{answer['pipes']} canalisations")]


def edit_rows(made: BenchDatabase, asker: Technician, asked: Asked) -> list[Row]:
    """A valve put on a pipe and taken away again, through the shared editing."""
    split, merged = [], []
    for _pk, x, y in query_rows(made, MIDDLES, asker.member.pk, EDITS):
        values = {"kind": "valve", "service_state": "en_service"}
        geometry = {"type": "Point", "coordinates": [x, y]}
        create = {"action": "create", "properties": values, "geometry": geometry, "member": MEMBER}
        milliseconds, answer = asked.post(NODES_EDITED, {"crs": "EPSG:2154", "edits": [create]})
        split.append(milliseconds)
        (result,) = answer["results"]
        remove = {"action": "delete", "id": result["id"], "version": result["version"]}
        merged.append(asked.post(NODES_EDITED, {"crs": "EPSG:2154", "edits": [remove]})[0])
    warm = EDITS // 8
    return [
        replace(SPLIT, ours=statistics.median(split[warm:])),
        replace(MERGED, ours=statistics.median(merged[warm:])),
    ]


def scan_row(made: BenchDatabase, asker: Technician, asked: Asked) -> list[Row]:
    """As the worker does it, in a process of its own; its start is not counted."""
    told = run_work(made, "worker", "scan", member=asker.member.pk)
    return [replace(SCANNED, ours=told["seconds"])]


def notice_row(made: BenchDatabase, asker: Technician, asked: Asked) -> list[Row]:
    """Drafted and listed as the page does it, without the drawing of the page."""
    told = run_work(made, "web", "notice", member=asker.member.pk, user=asker.user, addresses=ADDRESSES,
                contacts=CONTACTS, times=NOTICES)  # fmt: skip
    note = f"{told['sms']} numéros pour {told['reached']} adresses, parmi {CONTACTS} contacts"
    return [replace(NOTICED, ours=told["seconds"] * 1000, note=note)]
