-- Whether sections of road and a stretch only cross at different levels, one on a bridge: the sections that both run along meet,
-- none on the same level and none at a node.
drop function if exists arpent.roads_apart(geometry, geometry);
create or replace function arpent.roads_apart(sections bigint[], other geometry) returns boolean
language plpgsql stable cost 10000 set search_path = pg_catalog, public as $$
begin
    return coalesce((
        with mine as materialized (
            select s.geom, s.level, array[s.start_node_id, s.end_node_id] as nodes
            from public.road_section s where s.id = any(sections)),
        theirs as materialized (
            select s.geom, s.level, array[s.start_node_id, s.end_node_id] as nodes
            from arpent.sections_under(other) u(id) join public.road_section s on s.id = u.id)
        select bool_and(m.level <> t.level and not m.nodes && t.nodes) from mine m join theirs t
            on (m.geom && t.geom and st_intersects(m.geom, t.geom)) or m.nodes && t.nodes), false);
end $$;
