-- The shortest way along sections of road between two places within so many metres of one (EPSG:2154), whichever way traffic
-- goes, as a line of each section taken, in order and from the first to the last; null where there is none. Sections around both places are looked at alone.
create or replace function arpent.way_along_roads(first geometry, last geometry, within_m float8) returns geometry
language plpgsql stable set search_path = pg_catalog, public as $$
declare
    sliver constant float8 := 0.000001;
    box geometry := st_expand(st_collect(first, last), 500 + st_distance(first, last) / 2);
    place geometry;
    section record;
    ids bigint[] := '{}';
    shares float8[] := '{}';
    way geometry;
begin
    foreach place in array array[first, last] loop
        select s.id, st_linelocatepoint(s.geom, place) as share into section from road_section s
            where s.geom && st_expand(place, within_m) and st_dwithin(s.geom, place, within_m)
            order by st_distance(s.geom, place), s.id + 0 limit 1;
        if not found then
            return null;
        end if;
        ids := ids || section.id;
        shares := shares || greatest(sliver, least(1 - sliver, section.share));
    end loop;
    if ids[1] = ids[2] then
        select st_multi(case when shares[1] <= shares[2] then part else st_reverse(part) end) into way
            from road_section s, st_linesubstring(s.geom, least(shares[1], shares[2]), greatest(shares[1], shares[2])) part
            where s.id = ids[1];
        return way;
    end if;
    with path as materialized (
        select w.path_seq, w.node, w.edge, lead(w.node) over (order by w.path_seq) as next_node
        from pgr_withpoints(
            format('select s.id, s.start_node_id as source, s.end_node_id as target, st_length(s.geom) as cost
                from road_section s where s.geom && %L::geometry or s.id in (%s, %s)', box, ids[1], ids[2]),
            format('select * from (values (1::bigint, %s::bigint, %s::float8), (2, %s, %s)) p(pid, edge_id, fraction)',
                ids[1], shares[1], ids[2], shares[2]),
            -1, -2, directed => false) w
    ), taken as (
        select p.path_seq, s.geom,
            case p.node when -1 then shares[1] when -2 then shares[2] when s.start_node_id then 0.0 else 1.0 end as one,
            case p.next_node when -1 then shares[1] when -2 then shares[2] when s.end_node_id then 1.0 else 0.0 end as other
        from path p join road_section s on s.id = p.edge
    ), pieces as (
        select path_seq, case when one < other then part else st_reverse(part) end as geom
        from taken, st_linesubstring(geom, least(one, other), greatest(one, other)) part where one <> other
    )
    select st_multi(st_collect(geom order by path_seq)) into way from pieces where st_length(geom) > 0.01;
    return way;
end $$;
