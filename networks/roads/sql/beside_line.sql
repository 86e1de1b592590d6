-- Where a place lies as seen from the point at some metres of a line: metres ahead, metres to the left. The line's direction
-- is that of half a metre before to half a metre after, so that a bend does not make it jump.
create or replace function arpent.beside_line(line geometry, at_m float8, place geometry, out ahead float8, out leftward float8)
language plpgsql immutable set search_path = pg_catalog, public as $$
declare
    whole float8 := greatest(st_length(line), 1e-9);
    foot geometry := st_lineinterpolatepoint(line, least(1, greatest(0, at_m / whole)));
    back geometry := st_lineinterpolatepoint(line, least(1, greatest(0, (at_m - 0.5) / whole)));
    front geometry := st_lineinterpolatepoint(line, least(1, greatest(0, (at_m + 0.5) / whole)));
    along float8 := greatest(st_distance(back, front), 1e-9);
    ux float8 := (st_x(front) - st_x(back)) / along;
    uy float8 := (st_y(front) - st_y(back)) / along;
    dx float8 := st_x(place) - st_x(foot);
    dy float8 := st_y(place) - st_y(foot);
begin
    ahead := ux * dx + uy * dy;
    leftward := ux * dy - uy * dx;
end $$;
