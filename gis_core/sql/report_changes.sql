-- Trigger of each statement on a table of rights or settings: say to the client what changed (a notice, SQLSTATE AR100),
-- which records it in the security journal once the transaction is committed (gis_core.operations.security_journal). The trigger's argument
-- lists the columns whose changes alone are not worth a line. Secrets are named, never told.
create or replace function arpent.report_changes() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    unwatched text[] := coalesce(tg_argv[0], '{}')::text[] || '{version,geom,geom_3857,extent_4326}'::text[];
    told jsonb;
    touched bigint;
begin
    if tg_op = 'UPDATE' then
        with changed as (
            select n.id, max(coalesce(to_jsonb(n) ->> 'slug', to_jsonb(n) ->> 'username', to_jsonb(n) ->> 'name')) as called,
                jsonb_object_agg(was.key, arpent.reported(was.key, jsonb_build_array(was.value, now.value))) as what
            from old_rows o join new_rows n using (id)
            cross join jsonb_each(to_jsonb(o) - unwatched) was
            join lateral jsonb_each(to_jsonb(n) - unwatched) now on now.key = was.key and now.value is distinct from was.value
            group by n.id
        )
        select count(*), jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', id, 'called', called)) || jsonb_build_object('changed', what)) filter (where place <= 20)
        into touched, told from (select *, row_number() over (order by id) as place from changed) numbered;
    elsif tg_op = 'INSERT' then
        select count(*), jsonb_agg(arpent.reported_row(row - unwatched)) filter (where place <= 20)
        into touched, told from (select to_jsonb(n) as row, row_number() over () as place from new_rows n) numbered;
    else
        select count(*), jsonb_agg(arpent.reported_row(row - unwatched)) filter (where place <= 20)
        into touched, told from (select to_jsonb(o) as row, row_number() over () as place from old_rows o) numbered;
    end if;
    if touched > 0 then
        raise notice using errcode = 'AR100', message = 'rights or settings changed', detail = jsonb_build_object(
            'table', tg_table_name, 'operation', lower(tg_op), 'rows', touched, 'detail', told)::text;
    end if;
    return null;
end $$;
