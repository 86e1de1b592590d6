-- The files that were sent to become layers, below <data>/files, until somebody discards them.
create or replace function arpent.files_of_deliveries() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'inbox/' || d.folder || '/' || (one ->> 'name')
    from public.intake_fileimport d, jsonb_array_elements(d.files) one where d.source = 'layer-files'
$$;
