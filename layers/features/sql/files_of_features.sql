-- The files that rows of features name, below <data>/files: what a backup must hold. Photos, each with a small one.
create or replace function arpent.files_of_features() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'attachments/' || a.layer_id || '/' || a.name || size.suffix
    from public.features_attachment a cross join (values ('.jpg'), ('-small.jpg')) size(suffix)
$$;
