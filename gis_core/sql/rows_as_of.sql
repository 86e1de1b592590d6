-- The rows of a table whose history is kept, as they were at an instant: of each, what its first change since then replaced; those
-- that did not change since, as they are. For functions of the schema's owner.
create or replace function arpent.rows_as_of(name text, instant timestamptz) returns setof jsonb
language plpgsql stable set search_path = pg_catalog, public as $$
begin
    return query execute format('with later as (
            select distinct on (h.pk_value) h.pk_value, h.operation, h.old
            from public.gis_core_historyevent e join public.gis_core_rowhistory h on h.event_id = e.id
            where e."table" in ($1, ''public.'' || $1) and e.at > $2 order by h.pk_value, h.id)
        select l.old from later l where l.operation <> ''INSERT''
        union all select to_jsonb(t) from public.%I t where not exists (select from later l where l.pk_value = t.id)', name)
        using name, instant;
end $$;
revoke execute on function arpent.rows_as_of from public;
