-- The section that an asset is bound to: the nearest within reach of it, of a stretch within reach of its middle and nearest to
-- its middle and both of its sides; null where none is.
create or replace function arpent.nearest_section(asset geometry, out id bigint, out geom geometry)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    reach constant float8 := arpent.road_reach();
    runs constant boolean := st_dimension(asset) = 1;
    place constant geometry := case when runs then st_lineinterpolatepoint(asset, 0.5) else asset end;
    box constant geometry := st_expand(place, reach);
begin
    select s.id, s.geom into nearest_section.id, nearest_section.geom from public.road_section s
        where s.geom && box and st_dwithin(s.geom, place, reach)
        order by case when runs then st_distance(s.geom, place) + st_distance(s.geom, st_lineinterpolatepoint(asset, 0.1))
                + st_distance(s.geom, st_lineinterpolatepoint(asset, 0.9))
            else st_distance(s.geom, place) end, s.id limit 1;
end $$;
