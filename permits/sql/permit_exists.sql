-- Whether any member has a file of this number: numbers are unique over all of them.
create or replace function arpent.permit_exists(packed text) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (select from public.permits_permit where number = packed)
$$;
