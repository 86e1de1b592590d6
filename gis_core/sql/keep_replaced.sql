-- Trigger of each statement: while an import is under way (arpent.keeping: its number), keep the rows that it changes or
-- removes as they were, and say which ones came, so that it can be taken back. `scopes` are the communes of what came, or
-- its members; `left_as` the digests of the rows as they are now, where people change them, too (kept_by_imports), of those that
-- came in the order of their ids. Outside of imports nothing is kept.
create or replace function arpent.keep_replaced() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    made bigint := nullif(current_setting('arpent.keeping', true), '')::bigint;
    digest text := case when tg_nargs > 0 and tg_op <> 'DELETE' then arpent.row_digest(tg_relid, 'n') end;
    names text[];
    scope text;
    columns text;
begin
    if made is null then
        return null;
    end if;
    names := array(select attname from pg_attribute
        where attrelid = tg_relid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum);
    if tg_op = 'INSERT' then
        scope := case when 'insee' = any (names) then 'insee' when 'owner_id' = any (names) then 'owner_id' end;
        execute format('insert into public.gis_core_replacedrow (source_import_id, "table", operation, old, left_as)
            select $1, $2, $3, jsonb_build_object(''ids'', range_agg(int8range(id, id + 1))::text, ''scopes'', %s), %s
            from new_rows n having count(*) > 0',
            case when scope is null then '''[""]''::jsonb'
                else format('to_jsonb(array_agg(distinct coalesce(%I::text, '''')))', scope) end,
            coalesce('array_agg(' || digest || ' order by n.id)', 'null'))
            using made, tg_relid::regclass::text, tg_op;
        return null;
    end if;
    columns := (select string_agg(format('o.%I', name), ', ') from unnest(names) name where name <> 'geom');
    execute format('insert into public.gis_core_replacedrow (source_import_id, "table", operation, "row", old, old_geom, left_as)
        select $1, $2, $3, o.id, (select to_jsonb(kept) from (select %s) kept), %s, %s from old_rows o', columns,
        case when 'geom' = any (names) then 'o.geom' else 'null' end, coalesce('array[' || digest || ']', 'null'))
        || case when tg_op = 'UPDATE' then ' join new_rows n using (id) where o.* is distinct from n.*' else '' end
        using made, tg_relid::regclass::text, tg_op;
    return null;
end $$;
