-- What is kept of imports (keep_replaced), for the worker alone: which tables one changed, which later ones changed the same,
-- what a table's rows were, and forgetting.
create or replace function arpent.replaced_tables(made bigint) returns setof text
language sql stable security definer set search_path = pg_catalog as $$
    select distinct r."table" from public.gis_core_replacedrow r where r.source_import_id = made order by 1
$$;

-- The communes or members that an import changed something of, table by table; '' stands for all of a table.
create or replace function arpent.replaced_scopes(made bigint) returns table ("table" text, scope text)
language sql stable security definer set search_path = pg_catalog as $$
    select r."table", one from public.gis_core_replacedrow r, jsonb_array_elements_text(r.old -> 'scopes') one
    where r.source_import_id = made and r.operation = 'INSERT'
    union
    select r."table", coalesce(r.old ->> 'insee', r.old ->> 'owner_id', '') from public.gis_core_replacedrow r
    where r.source_import_id = made and r.operation <> 'INSERT'
$$;

create or replace function arpent.later_imports(made bigint) returns setof bigint
language sql stable security definer set search_path = pg_catalog as $$
    select later.id from public.gis_core_sourceimport later
    where later.id > made and later.state = 'loaded' and exists (
        select from arpent.replaced_scopes(made) mine join arpent.replaced_scopes(later.id) theirs
            on theirs."table" = mine."table" and (theirs.scope = mine.scope or '' in (theirs.scope, mine.scope)))
    order by 1
$$;

-- The values of a column in the rows that are kept of a table, which is named in the query for its partial index to serve.
create or replace function arpent.replaced_values(target text, name text) returns setof text
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return query execute format('select distinct r.old ->> %1$L from public.gis_core_replacedrow r
        where r."table" = %2$L and r.operation <> ''INSERT'' and r.old ->> %1$L <> ''''', name, target);
end $$;

create or replace function arpent.forget_replaced(made bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
    forgotten bigint;
begin
    delete from public.gis_core_replacedrow r where r.source_import_id = made;
    get diagnostics forgotten = row_count;
    return forgotten;
end $$;

revoke execute on function arpent.replaced_tables, arpent.replaced_scopes, arpent.later_imports, arpent.replaced_values,
    arpent.forget_replaced from public;
grant execute on function arpent.replaced_tables, arpent.replaced_scopes, arpent.later_imports, arpent.replaced_values,
    arpent.forget_replaced to arpent_worker;
