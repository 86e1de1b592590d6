-- Whether a line (a section of road) goes the way of a stretch, from its first end to its last. The shorter of both is located on
-- the other one: a section may be much longer than works, or the other way round.
create or replace function arpent.runs_along(stretch geometry, line geometry) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, public as $$
    select case when st_length(l.geom) < st_length(line)
        then st_linelocatepoint(line, st_startpoint(l.geom)) < st_linelocatepoint(line, st_endpoint(l.geom))
        else st_linelocatepoint(l.geom, st_startpoint(line)) < st_linelocatepoint(l.geom, st_endpoint(line)) end
    from st_dump(st_linemerge(stretch)) l
    order by st_distance(l.geom, st_lineinterpolatepoint(line, 0.5)) limit 1
$$;
