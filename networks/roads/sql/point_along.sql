-- The binding of a place to a line: metres along it, metres beside it, on which side. `foot`: the point of the line that the
-- place belongs to, its nearest one by default.
create or replace function arpent.point_along(
    line geometry, place geometry, foot geometry default null, out from_m float8, out offset_m float8, out side text)
language plpgsql immutable set search_path = pg_catalog, public as $$
begin
    if line is null then
        return;
    end if;
    from_m := st_linelocatepoint(line, coalesce(foot, place)) * st_length(line);
    offset_m := st_distance(place, coalesce(foot, line));
    side := arpent.side_of((arpent.beside_line(line, from_m, place)).leftward);
end $$;
