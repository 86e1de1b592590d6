-- The next number of a member's series in a year, for whoever writes for the member. The row is locked until the end of the
-- transaction: two letters at once wait for each other, and a number that is given back leaves no gap.
create or replace function arpent.next_letter_number(member bigint, series text, year int) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare
    given int;
begin
    if not (arpent.is_agency() or $1 = any (arpent.writers())) then
        raise exception using errcode = '42501', message = 'only who writes for a member numbers its letters';
    end if;
    insert into public.gis_core_lettercounter as counter (owner_id, series, year, last) values ($1, $2, $3, 1)
    on conflict (owner_id, series, year) do update set last = counter.last + 1 returning last into given;
    return given;
end $$;
