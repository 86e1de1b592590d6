-- The binding of a line to a section's: metres along it of its start and of its end, and of its middle how far beside it and on
-- which side.
create or replace function arpent.stretch_along(
    line geometry, stretch geometry, out from_m float8, out to_m float8, out offset_m float8, out side text)
language plpgsql immutable set search_path = pg_catalog, public as $$
declare
    middle geometry := st_lineinterpolatepoint(stretch, 0.5);
begin
    if line is null then
        return;
    end if;
    from_m := st_linelocatepoint(line, st_startpoint(stretch)) * st_length(line);
    to_m := st_linelocatepoint(line, st_endpoint(stretch)) * st_length(line);
    offset_m := st_distance(middle, line);
    side := arpent.side_of((arpent.beside_line(line, st_linelocatepoint(line, middle) * st_length(line), middle)).leftward);
end $$;
