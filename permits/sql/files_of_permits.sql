-- The pieces of planning applications, below <data>/files.
create or replace function arpent.files_of_permits() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'permits/' || p.permit_id || '/' || p.name from public.permits_piece p where p.erased_at is null
$$;
