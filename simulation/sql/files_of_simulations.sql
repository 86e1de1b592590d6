-- The documents of projects, below <data>/files: what a backup must hold.
create or replace function arpent.files_of_simulations() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'simulations/' || d.project_id || '/' || d.name from public.simulation_projectdocument d
$$;
