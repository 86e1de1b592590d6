-- Where a place beside a line goes with a part of it that changed (changed_parts): the same share of the part, as far ahead and
-- to the left; null where the change left nothing to go along with. `at_m` is the place's foot on the former line, `at_new` on
-- the new.
create or replace function arpent.carry_place(
    before geometry, head float8, was float8, new_head float8, becomes float8, line geometry, at_m float8, place geometry,
    out carried geometry, out at_new float8)
language plpgsql immutable set search_path = pg_catalog, public as $$
declare
    least_m constant float8 := 0.001;
    lies record;
begin
    if was is null or was < least_m or becomes < least_m then
        return;
    end if;
    at_new := new_head + least(1, greatest(0, (at_m - head) / was)) * becomes;
    lies := arpent.beside_line(before, at_m, place);
    carried := arpent.put_beside_line(line, at_new, lies.ahead, lies.leftward);
end $$;
