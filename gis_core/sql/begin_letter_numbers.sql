-- Let a member's series begin after a number in a year, for its administrators; false where a number was given already, which
-- changes nothing.
create or replace function arpent.begin_letter_numbers(member bigint, series text, year int, after_number int) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if not (arpent.is_agency() or $1 = any (arpent.administered())) then
        raise exception using errcode = '42501', message = 'only who administers a member chooses how its letters are numbered';
    end if;
    insert into public.gis_core_lettercounter as counter (owner_id, series, year, last) values ($1, $2, $3, $4)
    on conflict do nothing;
    return found;
end $$;
