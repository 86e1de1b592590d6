-- The Département of a place on a numbered road: that of the nearest section of this road within 3 km; '' where none says.
create or replace function arpent.department_at(number text, place geometry) returns text
language sql stable security definer set search_path = pg_catalog, public as $$
    select coalesce((select s.department from public.road_section s
        where s.route = number and s.department <> '' and s.geom && st_expand(place, 3000)
        order by s.geom <-> place limit 1), '')
$$;
