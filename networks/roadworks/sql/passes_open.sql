-- Whether a detour, which is followed one way, passes works that close one direction (`way`, along their stretch) in the other
-- one: they do not stop it.
create or replace function arpent.passes_open(detour geometry, direction text, stretch geometry, way text, within_m float8)
returns boolean language sql stable set search_path = pg_catalog, public as $$
    select coalesce(way, '') <> '' and coalesce(direction, 'dans les deux sens') <> 'dans les deux sens'
        and coalesce((select arpent.runs_along(stretch, p.geom) <> (way = 'forward')
            from st_dump(st_intersection(detour, st_buffer(stretch, within_m))) p
            where st_dimension(p.geom) = 1 order by st_length(p.geom) desc limit 1), false)
$$;
