-- Whether a road climbs or dives where two stretches come closest: as far as lines drawn beside their roads cross from where the
-- roads do.
create or replace function arpent.near_a_bridge(one geometry, other geometry) returns boolean
language plpgsql stable set search_path = pg_catalog, public as $$
declare
    place geometry := st_expand(st_closestpoint(one, other), 30);
begin
    return exists (select from public.road_section s where s.geom && place and st_intersects(s.geom, place) and s.level <> 0);
end $$;
