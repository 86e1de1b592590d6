"""Networks: a drinking water network of 400,000 pipes, and what is asked of it while a pipe is broken.

Streets cross on a grid of 225 by 225, each street in three pieces, dead ends hang on them. Districts of 3 x 3, 5 x 5
and 15 x 15 crossings have a valve on every street that leaves them; what is left of 40,000 valves lies inside. 36 tanks.
Everything is drawn by hashes of ranks, and so the same every time.
"""

from typing import Any, Final

import psycopg
from psycopg import sql

PIPES, SIDE, STREET_M = 400_000, 225, 120
TREES: Final = 97_900
CONNECTIONS: Final = 150_000
CORNER: Final = (560_000, 6_650_000)
TABLES = ("water_connection", "water_pipe", "water_node")
MEMBER, SIREN = "mesure-reseaux", "999001043"

# Hash of a rank and a salt, from 0 to 999.
CHANCE = "(hashint8extended({}, {}) & 9223372036854775807) %% 1000"
# A street: from a crossing eastwards (0) or northwards (1); `leaves` its district or not; `place` is its west or south end.
STREETS = f"""
    create temporary table street on commit drop as
    with drawn as (
        select row_number() over (order by x, y, way) as rank, x, y, way,
            case when x < %(side)s * 2 / 3 then 3 when x < %(side)s * 14 / 15 then 5 else 15 end as district
        from generate_series(0, %(side)s - 1) as x, generate_series(0, %(side)s - 1) as y, generate_series(0, 1) as way
        where (way = 0 and x < %(side)s - 1) or (way = 1 and y < %(side)s - 1))
    select rank, x, y, way, district, case way when 0 then x %% district else y %% district end = district - 1 as leaves,
        {CHANCE.format("rank", 1)} as chance from drawn where {CHANCE.format("rank", 2)} >= 2
"""
# Numbers of nodes: crossings first, then two in each street, then the dead ends.
NODES = f"""
    create temporary table place on commit drop as
    select 1 + x * %(side)s + y as rank, 'junction' as kind, x * %(street)s::float8 as east, y * %(street)s::float8 as north
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
    from generate_series(%(gap)s / 2, %(side)s - 1, %(gap)s) as x, generate_series(%(gap)s / 2, %(side)s - 1, %(gap)s) as y;
    insert into place select rank, 'tank', east, north from tank
"""
RESERVED = """
    select min(id) - 1 from (select nextval('water_node_id_seq') as id from generate_series(1, %(last)s + 100)) as drawn
"""
STORED_NODES = f"""
    insert into water_node (id, owner_id, shared_with, kind, reference, service_state, position, condition, diameter_mm,
        capacity_m3, more, version, geom)
    select %(base)s + rank, %(owner)s, '{{}}', kind, case when kind in ('valve', 'tank') then upper(left(kind, 1)) || rank end,
        'en_service',
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
    insert into water_connection (owner_id, shared_with, pipe_id, reference, service_state, address, dwellings, sensitive,
        more, version, geom)
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
        **{"side": side, "street": STREET_M, "east": CORNER[0], "north": CORNER[1], "trees": trees},
        **{"connections": int(CONNECTIONS * share), "gap": max(2, (side + 2) // 6)},
        **{"first": side * side + 2 * streets, "last": side * side + 2 * streets + trees},
    }
