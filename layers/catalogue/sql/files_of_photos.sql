-- The sheets and the overview of published photos, below <data>/files.
create or replace function arpent.files_of_photos() returns setof text
language sql stable set search_path = pg_catalog as $$
    select p.folder || '/' || p.overview from public.catalogue_photo p
    union all
    select p.folder || '/' || s.path from public.catalogue_photosheet s join public.catalogue_photo p on p.id = s.photo_id
$$;
