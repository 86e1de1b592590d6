-- What is attached to requests about roads, below <data>/files.
create or replace function arpent.files_of_works() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'works/' || p.request_id || '/' || p.name from public.road_piece p where p.erased_at is null
$$;
