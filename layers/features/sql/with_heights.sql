-- A line or a surface that was drawn flat, with the heights (Z) of what it was before. A vertex at a place of before (to the
-- millimetre) has its height; one on the former outline has that of this place, between two vertices in proportion; one that
-- was dragged (there are as many vertices as before) keeps its own; another one has the height of the nearest place of the
-- former outline. Without a former one, 0. What has heights keeps them.
-- The former outline is searched by stretches of 64 edges, for 64 vertices that lie together at once: of twice as many
-- vertices, no vertex looks at many more edges.
create or replace function arpent.with_heights(drawn public.geometry, former public.geometry) returns public.geometry
language sql stable parallel safe set search_path = pg_catalog, public as $$
    with before as materialized (
        select row_number() over (order by path) as rank, path[:cardinality(path) - 1] as line, path[cardinality(path)] as n,
            geom, round(st_x(geom)::numeric, 3) as x, round(st_y(geom)::numeric, 3) as y, st_z(geom) as z
        from st_dumppoints(former)),
    known as materialized (select x, y, (array_agg(z order by rank))[1] as z from before group by x, y),
    -- A vertex between two stretches is of both.
    stretch as materialized (
        select min(b.rank) as rank, st_makeline(b.geom order by b.n) as geom
        from before b cross join lateral (select (b.n - 1) / 64 as number union select greatest(b.n - 2, 0) / 64) piece
        group by b.line, piece.number having count(*) > 1),
    vertex as materialized (
        select path, row_number() over (order by path) as rank, geom, round(st_x(geom)::numeric, 3) as x,
            round(st_y(geom)::numeric, 3) as y
        from st_dumppoints(st_multi(drawn))),
    -- As many vertices as before; none at a place of before: the whole was moved.
    like_before as materialized (
        select st_npoints(former) = st_npoints(drawn) as many, not exists (select from vertex join known using (x, y)) as moved),
    placed as materialized (
        select v.path, v.geom, like_before.many, b.z as own, case when b.x = v.x and b.y = v.y then b.z
            when k.x is not null then k.z when like_before.many and like_before.moved then b.z end as z
        from vertex v left join known k using (x, y) left join before b using (rank) cross join like_before),
    -- Vertices whose height is not known yet; geometries are ordered so that neighbours follow each other.
    grouped as materialized (
        select *, case when z is null then (row_number() over (partition by z is null order by geom) - 1) / 64 end as number
        from placed),
    -- No stretch whose box is farther than this from the box of a group is the nearest of one of its vertices.
    near as materialized (
        select g.number, array_agg(s.geom order by s.rank) as stretches
        from (select number, st_envelope(st_collect(geom)) as box from grouped where number is not null group by number) g
        cross join lateral (select geom from stretch order by geom <#> g.box limit 1) nearest
        join stretch s on s.geom <#> g.box <= st_maxdistance(st_envelope(nearest.geom), g.box)
        group by g.number),
    raised as (
        select g.path[1] as part, case when st_dimension(drawn) = 2 then g.path[2] else 1 end as ring, g.path,
            st_makepoint(st_x(g.geom), st_y(g.geom), coalesce(g.z,
                case when g.many and foot.distance > 0.001 then g.own end,
                st_z(st_lineinterpolatepoint(foot.geom, st_linelocatepoint(foot.geom, g.geom))), 0)) as geom
        from grouped g left join near using (number) left join lateral (
            select one.geom, st_distance(one.geom, g.geom) as distance
            from unnest(near.stretches) with ordinality one(geom, rank) order by distance, rank limit 1) foot on true),
    rings as (select part, ring, st_makeline(geom order by path) as geom from raised group by part, ring),
    parts as (
        select part, case when st_dimension(drawn) = 2
            then st_makepolygon((array_agg(geom order by ring))[1], (array_agg(geom order by ring))[2:])
            else (array_agg(geom))[1] end as geom
        from rings group by part),
    whole as (select st_setsrid(st_multi(st_collect(geom order by part)), st_srid(drawn)) as geom from parts)
    select case when st_ndims(drawn) > 2 then drawn when former is null or st_ndims(former) < 3 then st_force3d(drawn)
        when st_numgeometries(whole.geom) = 1 and geometrytype(drawn) not like 'MULTI%' then st_geometryn(whole.geom, 1)
        else whole.geom end
    from whole
$$;
