-- What the present build of each aerial campaign has made, published or not, below <data>/files.
create or replace function arpent.files_of_campaigns() returns setof text
language sql stable set search_path = pg_catalog as $$
    select 'orthophoto/' || c.slug || '/' || c.build || '/' || s.file_name
    from public.orthophoto_sheet s join public.orthophoto_campaign c on c.id = s.campaign_id
    where s.state = 'built' and s.file_name <> ''
$$;
