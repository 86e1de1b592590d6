-- The last number given of a member's series in a year, 0 where there is none: for whoever writes for the member alone.
create or replace function arpent.last_letter_number(member bigint, series text, year int) returns int
language sql stable security definer set search_path = pg_catalog, public as $$
    select coalesce((
        select last from public.gis_core_lettercounter counter
        where counter.owner_id = $1 and counter.series = $2 and counter.year = $3
            and (arpent.is_agency() or $1 = any (arpent.writers()))), 0)
$$;
