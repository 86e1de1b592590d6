-- The sections of road that a stretch runs along: for more than half of their length or 10 m. Roads that only cross it are not
-- among them. The stretch goes in pieces, for the box of a long one holds half a county.
create or replace function arpent.sections_under(stretch geometry) returns setof bigint
language plpgsql stable set search_path = pg_catalog, public as $$
begin
    return query
        with pieces as materialized (select p as geom, st_expand(p, 2) as box from st_subdivide(stretch, 16) p),
        close as materialized (
            select distinct s.id + 0 as id, s.geom from pieces p join public.road_section s on s.geom && p.box
            where st_dwithin(s.geom, p.geom, 2)),
        asked as materialized (select st_buffer(stretch, 2, 'endcap=flat') as near)
        select c.id from close c, asked
        where st_length(st_intersection(c.geom, asked.near)) >= least(10, 0.55 * st_length(c.geom));
end $$;
