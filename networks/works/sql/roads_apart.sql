-- Whether two stretches of road only cross at different levels, one on a bridge: the sections that they run along meet, none on
-- the same level and none at a node.
create or replace function arpent.roads_apart(one geometry, other geometry) returns boolean
language plpgsql stable set search_path = pg_catalog, public as $$
declare
    -- As far as lines drawn beside their roads cross from where the roads do.
    place geometry := st_expand(st_closestpoint(one, other), 30);
begin
    if not exists (select from public.road_section s where s.geom && place and st_intersects(s.geom, place) and s.level <> 0) then
        return false;
    end if;
    return coalesce((
        with mine as materialized (
            select s.geom, s.level, array[s.start_node_id, s.end_node_id] as nodes
            from arpent.sections_under(one) u(id) join public.road_section s on s.id = u.id),
        theirs as materialized (
            select s.geom, s.level, array[s.start_node_id, s.end_node_id] as nodes
            from arpent.sections_under(other) u(id) join public.road_section s on s.id = u.id)
        select bool_and(m.level <> t.level and not m.nodes && t.nodes) from mine m join theirs t
            on (m.geom && t.geom and st_intersects(m.geom, t.geom)) or m.nodes && t.nodes), false);
end $$;
