-- The sections of road that a stretch runs along, drawn on them or up to 10 m beside them. Places every few metres on the stretch
-- each choose the nearest section that goes their way, for more than half of the section, of the stretch or 10 m: roads that only
-- cross it, on the ground or on a bridge, are not among them. Where none goes its way (a trench across the road), the nearest one.
create or replace function arpent.sections_under(stretch geometry) returns setof bigint
language plpgsql stable set search_path = pg_catalog, public as $$
declare
    beside constant float8 := 10;
    most_places constant int := 4000;
    in_chunk constant int := 20;
    apart float8 := greatest(5, st_length(stretch) / most_places);
begin
    return query
        with lines as materialized (
            select row_number() over () as id, l.geom, st_length(l.geom) as metres from st_dump(stretch) l
            where st_length(l.geom) > 0),
        -- The stretch goes in chunks: the box of a long one holds half a county, and each place only asks what is near its own.
        chunks as materialized (
            select l.id as line, k, l.metres / c.count as metres, st_expand(part, beside) as box, part as geom,
                greatest(3, ceil(l.metres / c.count / apart))::int as count
            from lines l, lateral (select ceil(l.metres / apart / in_chunk)::int as count) c, generate_series(1, c.count) k,
                st_linesubstring(l.geom, (k - 1)::float8 / c.count, k::float8 / c.count) as part),
        close as materialized (
            select c.line, c.k, s.id + 0 as id, s.geom, st_expand(s.geom, beside) as box, st_length(s.geom) as metres from chunks c
            join public.road_section s on s.geom && c.box where st_dwithin(s.geom, c.geom, beside)),
        places as materialized (
            select c.line, c.k, n, c.metres / c.count as metres, st_lineinterpolatepoint(c.geom, (n - 0.5) / c.count) as place,
                st_lineinterpolatepoint(c.geom, (n - 0.75) / c.count) as before,
                st_lineinterpolatepoint(c.geom, (n - 0.25) / c.count) as after
            from chunks c, generate_series(1, c.count) n),
        chosen as (
            select distinct on (p.line, p.k, p.n) near.id, near.metres, p.metres as along
            from places p join close near on near.line = p.line and near.k = p.k
            where near.box && p.place and st_dwithin(near.geom, p.place, beside)
                -- As far on the section as on the stretch: it goes the same way.
                and abs(st_linelocatepoint(near.geom, p.after) - st_linelocatepoint(near.geom, p.before)) * near.metres
                    > 0.6 * st_distance(p.before, p.after)
            order by p.line, p.k, p.n, st_distance(near.geom, p.place), near.id)
        select c.id from chosen c group by c.id, c.metres
        having sum(c.along) >= least(10, 0.55 * c.metres, 0.55 * st_length(stretch));
    if not found then
        return query
            with middle as materialized (
                select st_lineinterpolatepoint(st_geometryn(st_multi(stretch), 1), 0.5) as place)
            select s.id + 0 from middle m join public.road_section s on s.geom && st_expand(m.place, beside)
            where st_dwithin(s.geom, m.place, beside) order by st_distance(s.geom, m.place), s.id + 0 limit 1;
    end if;
end $$;
