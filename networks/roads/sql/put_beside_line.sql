-- The place so many metres ahead and to the left of the point at some metres of a line (the inverse of beside_line).
create or replace function arpent.put_beside_line(line geometry, at_m float8, ahead float8, leftward float8) returns geometry
language plpgsql immutable set search_path = pg_catalog, public as $$
declare
    whole float8 := greatest(st_length(line), 1e-9);
    foot geometry := st_lineinterpolatepoint(line, least(1, greatest(0, at_m / whole)));
    back geometry := st_lineinterpolatepoint(line, least(1, greatest(0, (at_m - 0.5) / whole)));
    front geometry := st_lineinterpolatepoint(line, least(1, greatest(0, (at_m + 0.5) / whole)));
    along float8 := greatest(st_distance(back, front), 1e-9);
    ux float8 := (st_x(front) - st_x(back)) / along;
    uy float8 := (st_y(front) - st_y(back)) / along;
begin
    return st_translate(foot, ahead * ux - leftward * uy, ahead * uy + leftward * ux);
end $$;
