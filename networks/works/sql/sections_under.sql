-- The sections of road that a stretch runs along, drawn on them or up to 10 m beside them. Places every few metres on the stretch
-- each choose the nearest section that goes their way, for more than half of the section, of the stretch or 10 m: roads that only
-- cross it, on the ground or on a bridge, are not among them. Where none goes its way (a trench across the road), the nearest one.
create or replace function arpent.sections_under(stretch geometry) returns setof bigint
language plpgsql stable set search_path = pg_catalog, public as $$
declare
    beside constant float8 := 10;
    most_places constant int := 4000;
    apart float8 := greatest(5, st_length(stretch) / most_places);
begin
    return query
        -- The stretch goes in pieces, for the box of a long one holds half a county.
        with pieces as materialized (
            select p as geom, st_expand(p, beside) as box from st_subdivide(stretch, 16) p),
        close as materialized (
            select distinct s.id + 0 as id, s.geom, st_length(s.geom) as metres from pieces p
            join public.road_section s on s.geom && p.box where st_dwithin(s.geom, p.geom, beside)),
        lines as materialized (
            select l.geom, st_length(l.geom) as metres, greatest(3, ceil(st_length(l.geom) / apart))::int as count
            from st_dump(stretch) l where st_length(l.geom) > 0),
        places as materialized (
            select l.metres / l.count as metres, st_lineinterpolatepoint(l.geom, (n - 0.5) / l.count) as place,
                st_lineinterpolatepoint(l.geom, (n - 0.75) / l.count) as before,
                st_lineinterpolatepoint(l.geom, (n - 0.25) / l.count) as after
            from lines l, generate_series(1, l.count) n),
        chosen as (
            select c.id, c.metres, sum(p.metres) as along from places p cross join lateral (
                select near.id, near.metres from close near
                where near.geom && st_expand(p.place, beside) and st_dwithin(near.geom, p.place, beside)
                    -- As far on the section as on the stretch: it goes the same way.
                    and abs(st_linelocatepoint(near.geom, p.after) - st_linelocatepoint(near.geom, p.before)) * near.metres
                        > 0.6 * st_distance(p.before, p.after)
                order by st_distance(near.geom, p.place), near.id limit 1) c
            group by c.id, c.metres)
        select c.id from chosen c where c.along >= least(10, 0.55 * c.metres, 0.55 * st_length(stretch));
    if not found then
        return query
            with middle as materialized (
                select st_lineinterpolatepoint(st_geometryn(st_multi(stretch), 1), 0.5) as place)
            select s.id + 0 from middle m join public.road_section s on s.geom && st_expand(m.place, beside)
            where st_dwithin(s.geom, m.place, beside) order by st_distance(s.geom, m.place), s.id + 0 limit 1;
    end if;
end $$;
