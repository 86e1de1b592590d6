-- The photos of outages and the smaller ones beside them, below <data>/files.
create or replace function arpent.files_of_outages() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'outages/' || p.outage_id || '/' || p.name || size || '.jpg'
    from public.water_outage_photo p, unnest(array['', '-small']) size
$$;
