-- The written pieces and acts that planning documents and easements name, below <data>/files, and those that come back with an
-- import taken back.
create or replace function arpent.files_of_planning() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'planning/' || kept.folder || '/' || (one ->> 'name')
    from (
        select d.folder, d.files from public.planning_document d union all
        select s.folder, s.files from public.planning_easementset s union
        select r.old ->> 'folder', r.old -> 'files' from public.gis_core_replacedrow r
        where r."table" in ('planning_document', 'planning_easementset') and r.operation <> 'INSERT'
    ) kept, jsonb_array_elements(kept.files) one
$$;
