-- The sections of road that a stretch runs along: for more than half of their length or 10 m. Roads that only cross it are not
-- among them.
create or replace function arpent.sections_under(stretch geometry) returns setof bigint
language plpgsql stable set search_path = pg_catalog, public as $$
begin
    return query
        with asked as materialized (select st_expand(stretch, 2) as box, st_buffer(stretch, 2, 'endcap=flat') as near)
        select s.id from asked join public.road_section s on s.geom && asked.box
        where st_length(st_intersection(s.geom, asked.near)) >= least(10, 0.55 * st_length(s.geom));
end $$;
