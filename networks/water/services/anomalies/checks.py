"""What a scan looks for: one statement each, over a member's network copied into temporary tables.

`scan_pipe`, `scan_node`, `scan_end` (one row for each end of each pipe that is there) and `scan_service` are made by
`COPIES`; each check adds rows to `scan_found` (kind, severity or null, object, other object, place, what was measured).
"""

from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL

from networks.water.services.anomalies.kinds import BOTH, SEWER, WATER

EDGES: Final = SQL("""
    select start_node_id, end_node_id from {pipe}
    where owner_id = %(owner)s and service_state not in ('abandon', 'comble', 'depose')
""")
PART: Final = SQL("create temporary table scan_part (node bigint, part bigint not null) on commit drop")
COPIES: Final = (
    SQL("analyze scan_part"),
    SQL("""
    create temporary table scan_pipe on commit drop as
    select p.id, reference, start_node_id as a, end_node_id as b, geom, st_length(geom) as length,
        service_state not in ('abandon', 'comble', 'depose') as there, service_state = 'en_service' as serving,
        nullif(material, 'inc') as material, diameter_mm, start_z, end_z, depth_m, laid_from_year, laid_to_year,
        abandoned_year, coalesce(flow_mode, '00') in ('00', '01') as gravity, {system} as system,
        coalesce(s.part, 0) as part
    from {pipe} p left join scan_part s on s.node = p.start_node_id where owner_id = %(owner)s
    """),
    SQL("""
    create temporary table scan_end on commit drop as
    select a as node, b as other, id as pipe, length, true as starts, start_z as z from scan_pipe where there
    union all select b, a, id, length, false, end_z from scan_pipe where there
    """),
    SQL("analyze scan_end"),
    SQL("""
    create temporary table scan_node on commit drop as
    with ends as (select node, count(*)::int as degree from scan_end group by node)
    select n.id, reference, kind, geom, diameter_mm, laid_from_year, laid_to_year, abandoned_year, {heights},
        precision_z, service_state not in ('abandon', 'comble', 'depose') as there, {system} as system,
        coalesce(e.degree, 0) as degree, coalesce(s.part, 0) as part
    from {node} n left join ends e on e.node = n.id left join scan_part s on s.node = n.id
    where owner_id = %(owner)s
    """),
    SQL("""
    create temporary table scan_service on commit drop as
    select id, reference, pipe_id, address, geom, service_state not in ('abandon', 'comble', 'depose') as there
    from {service} where owner_id = %(owner)s
    """),
    SQL("create index on scan_end (node)"),
    SQL("create index on scan_pipe (id)"),
    SQL("create index on scan_pipe (part)"),
    SQL("create index on scan_node (id)"),
    SQL("create index on scan_node (part)"),
    SQL("create index on scan_pipe using gist (geom) where there"),
    SQL("create index on scan_pipe using gist (geom) where serving"),
    SQL("create index on scan_node using gist (geom)"),
    SQL("analyze scan_pipe"),
    SQL("analyze scan_node"),
    SQL("analyze scan_service"),
    # Squares of 50 m that a pipe's surroundings touch, with the box of what lies there: joining on them costs much less
    # than asking an index for each of 400,000 pipes. Long stretches are divided first.
    SQL("""
    create temporary table scan_cell on commit drop as
    select s.id as pipe, s.a, s.b, x, y, st_xmin(s.geom) - 2.1 as west, st_ymin(s.geom) - 2.1 as south,
        st_xmax(s.geom) + 2.1 as east, st_ymax(s.geom) + 2.1 as north
    from (select id, a, b, geom from scan_pipe where there and st_length(geom) <= 400
        union all select id, a, b, (st_dumpsegments(st_segmentize(geom, 200))).geom from scan_pipe
        where there and st_length(geom) > 400) s
    cross join lateral generate_series(
        floor((st_xmin(s.geom) - 2.1) / 50)::int, floor((st_xmax(s.geom) + 2.1) / 50)::int) x
    cross join lateral generate_series(
        floor((st_ymin(s.geom) - 2.1) / 50)::int, floor((st_ymax(s.geom) + 2.1) / 50)::int) y
    """),
    SQL("analyze scan_cell"),
    SQL("""
    create temporary table scan_pair on commit drop as
    with cell as materialized (
        select n.id, n.geom, x, y from scan_node n
        cross join lateral generate_series(
            floor((st_x(n.geom) - 0.5) / 10)::int, floor((st_x(n.geom) + 0.5) / 10)::int) x
        cross join lateral generate_series(
            floor((st_y(n.geom) - 0.5) / 10)::int, floor((st_y(n.geom) + 0.5) / 10)::int) y)
    select distinct n.id as first, m.id as second, st_distance(n.geom, m.geom) as metres
    from cell n join cell m using (x, y) where n.id < m.id and st_distance(n.geom, m.geom) <= 0.5
    """),
    SQL("""
    create temporary table scan_found (kind text not null, severity int, object_kind text not null,
        object_id bigint not null, other_kind text not null default '', other_id bigint not null default 0,
        place geometry not null, measured jsonb not null default '{{}}') on commit drop
    """),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One statement; its name is a kind's, or a part of one."""

    name: str
    statement: SQL
    families: tuple[str, ...] = BOTH


BROKEN = (
    SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'broken', 'pipe', p.id, 'node', coalesce(n.id, e.node), e.place,
        jsonb_build_object('what', 'off_node', 'distance_m', round(st_distance(e.place, n.geom)::numeric, 3))
    from scan_pipe p
    cross join lateral (values (p.a, st_startpoint(p.geom)), (p.b, st_endpoint(p.geom))) e (node, place)
    left join scan_node n on n.id = e.node where n.id is null or st_distance(e.place, n.geom) > 0.001
    """),
    SQL("""
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select 'broken', 'pipe', id, st_startpoint(geom), jsonb_build_object('what', 'loop') from scan_pipe
    where a = b or length < 0.05
    """),
    SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select distinct 'broken', 'node', n.id, 'pipe', p.id, n.geom, jsonb_build_object('what', 'on_pipe')
    from scan_node n join scan_cell c on c.x = floor(st_x(n.geom) / 50)::int and c.y = floor(st_y(n.geom) / 50)::int
    join scan_pipe p on p.id = c.pipe
    where n.id not in (c.a, c.b) and st_x(n.geom) between c.west + 2 and c.east - 2
        and st_y(n.geom) between c.south + 2 and c.north - 2 and st_dwithin(p.geom, n.geom, 0.05)
    """),
    SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'duplicate', 'node', m.id, 'node', n.id, m.geom,
        jsonb_build_object('distance_m', round(p.metres::numeric, 3))
    from scan_pair p join scan_node n on n.id = p.first join scan_node m on m.id = p.second where p.metres <= 0.05
    """),
)
# A loose end, or equipment on nothing, beside something that it does not reach by a short way. The nearest is told; a
# node rather than the pipe that ends there.
NEAR = SQL("""
    with recursive loose as materialized (
        select n.id, n.geom, n.kind, n.system, n.degree, (select min(e.pipe) from scan_end e where e.node = n.id) as own
        from scan_node n where n.degree <= 1 and n.there and not (n.kind = 'junction' and n.degree = 0)),
    beside as materialized (
        select n.id, n.degree, 'pipe' as other_kind, p.id as other, p.a, p.b, st_distance(n.geom, p.geom) as metres,
            n.geom, st_closestpoint(p.geom, n.geom) as there
        from loose n
        join scan_cell c on c.x = floor(st_x(n.geom) / 50)::int and c.y = floor(st_y(n.geom) / 50)::int
        join scan_pipe p on p.id = c.pipe
        where n.id not in (c.a, c.b) and st_x(n.geom) between c.west and c.east
            and st_y(n.geom) between c.south and c.north
            and st_dwithin(p.geom, n.geom, %(near)s)
            and (n.system is null or n.system = p.system or '03' in (n.system, p.system))
        union all
        select n.id, n.degree, 'node', m.id, m.id, m.id, st_distance(n.geom, m.geom), n.geom, m.geom
        from loose n join scan_node m on m.geom && st_expand(n.geom, %(near)s) and st_dwithin(m.geom, n.geom, %(near)s)
        where m.there and n.id <> m.id and (m.degree > 0 or m.kind <> 'junction') and n.degree + m.degree > 0
            and (n.system is null or n.system = m.system or '03' in (n.system, m.system))),
    walk (start, node, metres, steps) as (
        select distinct id, id, 0::float8, 0 from beside
        union all
        select w.start, e.other, w.metres + e.length, w.steps + 1 from walk w join scan_end e on e.node = w.node
        where w.steps < 3 and w.metres + e.length <= 10),
    apart as (
        select b.*, row_number() over (partition by b.id order by b.other_kind = 'pipe', b.metres, b.other) as rank
        from beside b where b.metres > 0.05
            and not exists (select from walk w where w.start = b.id and w.node in (b.a, b.b)))
    insert into scan_found (kind, severity, object_kind, object_id, other_kind, other_id, place, measured)
    select 'near_miss', null, 'node', a.id, a.other_kind, a.other, a.geom,
        jsonb_build_object('distance_m', round(a.metres::numeric, 3), 'degree', a.degree)
    from apart a where a.rank = 1 and not (a.other_kind = 'node' and a.other < a.id and exists (
        select from apart z where z.id = a.other and z.rank = 1 and z.other_kind = 'node' and z.other = a.id))
""")
# The rare crossings of two networks that nothing joins: their nodes stand side by side.
SIDE_BY_SIDE = SQL("""
    insert into scan_found (kind, severity, object_kind, object_id, other_kind, other_id, place, measured)
    select 'near_miss', 2, 'node', n.id, 'node', m.id, n.geom,
        jsonb_build_object('distance_m', round(p.metres::numeric, 3), 'degree', n.degree)
    from scan_pair p join scan_node n on n.id = p.first join scan_node m on m.id = p.second
    where n.part <> m.part and n.degree > 1 and m.degree > 1 and p.metres > 0.05
        and (n.system is null or n.system = m.system)
""")
ISOLATED = SQL("""
    with size as materialized (
        select p.part, count(*) as pipes, sum(p.length) as metres, min(p.id) as first, bool_or(p.serving) as serving,
            exists (select from scan_node n where n.part = p.part and n.degree > 0 and n.kind = any (%(fed)s)) as fed
        from scan_pipe p where p.there group by p.part),
    main as (select part, fed from size order by fed desc, metres desc limit 1),
    alone as materialized (select * from size where not fed and serving and part not in (select part from main)),
    sought as materialized (
        select n.id, n.part, n.geom from scan_node n join alone using (part) where n.degree > 0 and alone.pipes <= 5000
        order by n.degree, n.id limit 20000),
    nearest as (
        select distinct on (s.part) s.part, s.id as node, near.id as pipe, near.metres
        from sought s cross join lateral (
            select p.id, st_distance(p.geom, s.geom) as metres, f.fed from scan_pipe p join size f using (part)
            where p.there and p.geom && st_expand(s.geom, %(within)s) and st_dwithin(p.geom, s.geom, %(within)s)
                and p.part <> s.part
            order by not f.fed, 2 limit 1) near
        order by s.part, not near.fed, near.metres, s.id)
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'isolated', 'pipe', a.first, case when n.pipe is null then '' else 'pipe' end, coalesce(n.pipe, 0),
        coalesce((select geom from scan_node where id = n.node), st_lineinterpolatepoint(p.geom, 0.5)),
        jsonb_strip_nulls(jsonb_build_object('pipes', a.pipes, 'length_m', round(a.metres), 'node', n.node,
            'distance_m', round(n.metres::numeric, 2)))
    from alone a join scan_pipe p on p.id = a.first left join nearest n on n.part = a.part
    union all
    select 'no_source', 'pipe', s.first, '', 0, st_lineinterpolatepoint(p.geom, 0.5),
        jsonb_build_object('pipes', s.pipes, 'length_m', round(s.metres))
    from size s join main m on m.part = s.part and not m.fed join scan_pipe p on p.id = s.first where s.serving
""")
OFF_NETWORK = SQL("""
    insert into scan_found (kind, severity, object_kind, object_id, other_kind, other_id, place, measured)
    select 'off_network', case when n.kind in ('hydrant', 'valve', 'manhole', 'tank', 'treatment') then 2 else 3 end,
        'node', n.id, case when near.id is null then '' else 'pipe' end, coalesce(near.id, 0), n.geom,
        jsonb_strip_nulls(jsonb_build_object('node_kind', n.kind, 'distance_m', round(near.metres::numeric, 2)))
    from scan_node n left join lateral (
        select p.id, st_distance(p.geom, n.geom) as metres from scan_pipe p
        where p.there and p.geom && st_expand(n.geom, 20) and st_dwithin(p.geom, n.geom, 20)
        order by 2, p.id limit 1) near on true
    where n.degree = 0 and n.there and n.kind not in ('chamber', 'other', 'sensor', 'basin')
        and coalesce(near.metres, 99) > %(near)s
""")
WRONG_SLOPE = SQL("""
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select 'wrong_slope', 'pipe', id, st_lineinterpolatepoint(geom, 0.5),
        jsonb_build_object('start_z', start_z, 'end_z', end_z, 'length_m', round(length::numeric, 1))
    from scan_pipe where there and gravity and end_z > start_z + 0.005
""")
BELOW_INVERT = SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'below_invert', 'pipe', e.pipe, 'node', n.id, n.geom,
        jsonb_build_object('z', e.z, 'invert_z', n.invert_z, 'end', case when e.starts then 'start_z' else 'end_z' end)
    from scan_node n join scan_end e on e.node = n.id
    where e.z < n.invert_z - 0.02
""")
COVER = SQL("""
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select 'cover_conflict', 'node', n.id, n.geom,
        jsonb_strip_nulls(jsonb_build_object('cover_z', n.cover_z, 'invert_z', n.invert_z,
            'z', (select max(e.z) from scan_end e where e.node = n.id and e.z > n.cover_z)))
    from scan_node n where n.there and (n.invert_z > n.cover_z
        or exists (select from scan_end e where e.node = n.id and e.z > n.cover_z + 0.02))
""")
DIAMETER_DROP = SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select distinct on (o.id) 'diameter_drop', 'pipe', o.id, 'pipe', i.id, st_startpoint(o.geom),
        jsonb_build_object('diameter_mm', o.diameter_mm, 'upstream_mm', i.diameter_mm)
    from scan_pipe o join scan_pipe i on i.b = o.a and i.there and i.gravity and i.system = o.system
        and i.diameter_mm > o.diameter_mm
    where o.there and o.gravity
        and o.a not in (select id from scan_node where kind in ('overflow', 'pump', 'basin', 'treatment'))
    order by o.id, i.diameter_mm desc, i.id
""")
NO_OUTLET = SQL("""
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select 'no_outlet', 'node', n.id, n.geom, jsonb_build_object('node_kind', n.kind, 'arriving', n.degree)
    from scan_node n where n.degree > 0 and n.there and n.kind not in ('treatment', 'outlet', 'basin')
        and not exists (select from scan_end e where e.node = n.id and e.starts)
""")
MISSING = SQL("""
    with lacking as materialized (
        select id, a, b, geom, diameter_mm is null as no_diameter, material is null as no_material from scan_pipe
        where serving and (diameter_mm is null or material is null)),
    beside as (
        select l.id, e.node = l.a as at_start, min(p.diameter_mm) as low, max(p.diameter_mm) as high,
            min(p.material) as first, max(p.material) as last
        from lacking l join scan_end e on e.node in (l.a, l.b) and e.pipe <> l.id join scan_pipe p on p.id = e.pipe
        group by l.id, e.node = l.a),
    agreed as (
        select id, case when count(low) = 2 and min(low) = max(high) then min(low) end as diameter,
            case when count(first) = 2 and min(first) = max(last) then min(first) end as material
        from beside group by id)
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select one.kind, 'pipe', l.id, st_lineinterpolatepoint(l.geom, 0.5),
        case when one.proposed is null then '{{}}' else jsonb_build_object('proposed', one.proposed) end
    from lacking l left join agreed a using (id) cross join lateral (
        values ('missing_diameter', no_diameter, to_jsonb(a.diameter)),
            ('missing_material', no_material, to_jsonb(a.material))
    ) one (kind, lacks, proposed) where one.lacks
""")
UNLIKELY = (
    SQL("""
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select 'unlikely_year', one.kind, one.id, st_pointonsurface(one.geom), jsonb_strip_nulls(jsonb_build_object(
        'laid_from_year', laid_from_year, 'laid_to_year', laid_to_year, 'abandoned_year', abandoned_year))
    from (select 'pipe' as kind, id, geom, laid_from_year, laid_to_year, abandoned_year from scan_pipe where there
        union all select 'node', id, geom, laid_from_year, laid_to_year, abandoned_year from scan_node where there) one
    where greatest(laid_from_year, laid_to_year) > extract(year from now() at time zone 'Europe/Paris')
        or least(laid_from_year, laid_to_year) < 1800
        or laid_from_year > laid_to_year or abandoned_year < coalesce(laid_from_year, laid_to_year)
    """),
    SQL("""
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select 'unlikely_size', one.kind, one.id, st_pointonsurface(one.geom),
        jsonb_strip_nulls(jsonb_build_object('diameter_mm', diameter_mm, 'depth_m', depth_m))
    from (select 'pipe' as kind, id, geom, diameter_mm, depth_m from scan_pipe where there
        union all select 'node', id, geom, diameter_mm, null from scan_node where there) one
    where diameter_mm not between 15 and 4000 or depth_m < 0 or depth_m > 25
    """),
)
NO_PIPE = SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'no_pipe', 'connection', c.id, case when near.id is null then '' else 'pipe' end, coalesce(near.id, 0),
        c.geom, jsonb_strip_nulls(jsonb_build_object('distance_m', round(near.metres::numeric, 2)))
    from scan_service c left join lateral (
        select one.id, one.metres from (
            select p.id, st_distance(p.geom, c.geom) as metres from scan_pipe p where p.serving
            order by p.geom <-> c.geom limit 1
        ) one where one.metres <= 200) near on true
    where c.there and (c.pipe_id is null or not exists (select from scan_pipe p where p.id = c.pipe_id))
""")
FAR = SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'far_connection', 'connection', c.id, 'pipe', p.id, c.geom, jsonb_strip_nulls(jsonb_build_object(
        'distance_m', round(st_distance(c.geom, p.geom)::numeric, 1), 'nearest', near.id,
        'nearest_m', round(near.metres::numeric, 2)))
    from scan_service c join scan_pipe p on p.id = c.pipe_id left join lateral (
        select n.id, st_distance(n.geom, c.geom) as metres from scan_pipe n where n.serving
        order by n.geom <-> c.geom limit 1
    ) near on near.id <> p.id and near.metres <= 60
    where c.there and not st_dwithin(c.geom, p.geom, 60)
""")
DEAD_ENDS = SQL("""
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select case when n.kind = 'valve' then 'valve_dead_end' else 'dead_end' end, 'node', n.id, n.geom, '{{}}'
    from scan_node n where n.degree = 1 and n.there and n.kind in ('valve', 'junction')
        and not exists (select from scan_found f where f.kind = 'near_miss'
            and ((f.object_kind, f.object_id) = ('node', n.id) or (f.other_kind, f.other_id) = ('node', n.id)))
""")
CROSSING = SQL("""
    with beside as materialized (
        select distinct c.pipe as first, d.pipe as second from scan_cell c join scan_cell d using (x, y)
        where c.pipe < d.pipe and c.a not in (d.a, d.b) and c.b not in (d.a, d.b) and c.west + 2 < d.east - 2
            and d.west + 2 < c.east - 2 and c.south + 2 < d.north - 2 and d.south + 2 < c.north - 2),
    met as materialized (
        select p.id, q.id as other, st_pointonsurface(st_intersection(p.geom, q.geom)) as place
        from beside join scan_pipe p on p.id = first join scan_pipe q on q.id = second
        where (p.system is null or p.system = q.system) and st_crosses(p.geom, q.geom)),
    level as (
        select m.*, p.start_z + (p.end_z - p.start_z) * st_linelocatepoint(p.geom, m.place) as z,
            q.start_z + (q.end_z - q.start_z) * st_linelocatepoint(q.geom, m.place) as other_z
        from met m join scan_pipe p on p.id = m.id join scan_pipe q on q.id = m.other where not st_isempty(m.place))
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'crossing', 'pipe', id, 'pipe', other, place, jsonb_strip_nulls(
        jsonb_build_object('z', round(z::numeric, 2)))
    from level where coalesce(abs(z - other_z), 0) < 0.3
""")
DUPLICATES = (
    SQL("""
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'duplicate', 'pipe', q.id, 'pipe', p.id, st_lineinterpolatepoint(q.geom, 0.5),
        jsonb_build_object('distance_m', round(st_hausdorffdistance(p.geom, q.geom)::numeric, 2))
    from scan_pipe p join scan_pipe q
        on least(q.a, q.b) = least(p.a, p.b) and greatest(q.a, q.b) = greatest(p.a, p.b) and q.id > p.id
    where p.there and q.there and st_hausdorffdistance(p.geom, q.geom) <= 0.5
    """),
    SQL("""
    with cell as materialized (
        select c.id, c.geom, c.address, c.reference, x, y from scan_service c
        cross join lateral generate_series(
            floor((st_x(c.geom) - 0.05) / 2)::int, floor((st_x(c.geom) + 0.05) / 2)::int) x
        cross join lateral generate_series(
            floor((st_y(c.geom) - 0.05) / 2)::int, floor((st_y(c.geom) + 0.05) / 2)::int) y
        where c.there)
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select distinct 'duplicate', 'connection', d.id, 'connection', c.id, d.geom,
        jsonb_build_object('distance_m', round(st_distance(c.geom, d.geom)::numeric, 3))
    from cell c join cell d using (x, y) where d.id > c.id and st_distance(c.geom, d.geom) <= 0.05
        and d.address is not distinct from c.address and (d.reference is null or c.reference is null)
    """),
)
SAME_REFERENCE = SQL("""
    with named as materialized (
        select 'pipe' as kind, id, reference, st_lineinterpolatepoint(geom, 0.5) as place from scan_pipe
            where reference is not null
        union all select 'node', id, reference, geom from scan_node where reference is not null
        union all select 'connection', id, reference, geom from scan_service where reference is not null),
    numbered as (
        select *, first_value(id) over same as first, first_value(reference) over same as written from named
        window same as (partition by kind, lower(btrim(reference)) order by id))
    insert into scan_found (kind, object_kind, object_id, other_kind, other_id, place, measured)
    select 'same_reference', kind, id, kind, first, place, jsonb_build_object('reference', reference, 'other', written)
    from numbered where id <> first
""")
CHECKS: Final = (
    *(Check(name="broken", statement=one) for one in BROKEN),
    Check(name="near_miss", statement=NEAR),
    Check(name="near_miss", statement=SIDE_BY_SIDE),
    Check(name="isolated", statement=ISOLATED),
    Check(name="off_network", statement=OFF_NETWORK),
    Check(name="wrong_slope", statement=WRONG_SLOPE, families=(SEWER,)),
    Check(name="below_invert", statement=BELOW_INVERT, families=(SEWER,)),
    Check(name="cover_conflict", statement=COVER, families=(SEWER,)),
    Check(name="diameter_drop", statement=DIAMETER_DROP, families=(SEWER,)),
    Check(name="no_outlet", statement=NO_OUTLET, families=(SEWER,)),
    Check(name="missing", statement=MISSING),
    *(Check(name="unlikely", statement=one) for one in UNLIKELY),
    Check(name="no_pipe", statement=NO_PIPE),
    Check(name="far_connection", statement=FAR),
    Check(name="dead_end", statement=DEAD_ENDS, families=(WATER,)),
    Check(name="crossing", statement=CROSSING),
    *(Check(name="duplicate", statement=one) for one in DUPLICATES),
    Check(name="same_reference", statement=SAME_REFERENCE),
)
