-- The last number of a sequence (letters, department, commune, year and series), 0 for none, over the files of all members.
create or replace function arpent.highest_permit(prefix text) returns int
language sql stable security definer set search_path = pg_catalog, public as $$
    select coalesce(max(substr(number, 12, 4)::int), 0) from public.permits_permit
    where number >= prefix || '0000' and number <= prefix || '9999' and length(number) = 15
$$;
