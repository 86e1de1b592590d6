-- What is kept of imports (keep_replaced), for the worker alone: which tables one changed, which later ones changed the same,
-- what a table's rows were, and forgetting.
create or replace function arpent.replaced_tables(made bigint) returns setof text
language sql stable security definer set search_path = pg_catalog as $$
    select distinct r."table" from public.gis_core_replacedrow r where r.source_import_id = made order by 1
$$;

-- The imports of which anything is kept.
create or replace function arpent.kept_imports() returns setof bigint
language sql stable security definer set search_path = pg_catalog as $$
    select i.id from public.gis_core_sourceimport i
    where exists (select from public.gis_core_replacedrow r where r.source_import_id = i.id)
$$;

-- The imports that wrote after an import began to, whatever they wrote, in that order.
create or replace function arpent.imports_since(made bigint) returns setof bigint
language sql stable security definer set search_path = pg_catalog as $$
    select r.source_import_id from public.gis_core_replacedrow r
    where r.id > (select min(mine.id) from public.gis_core_replacedrow mine where mine.source_import_id = made)
        and r.source_import_id <> made
    group by 1 order by min(r.id)
$$;

-- The imports that wrote the same after an import began to, the last one first: the same communes or members of a table, or,
-- where its rows have none, the very same rows. Whoever writes holds the tables until it is certain, so that what is kept has
-- its numbers in the order of writing.
create or replace function arpent.later_imports(made bigint) returns setof bigint
language sql stable security definer set search_path = pg_catalog as $$
    with kept as (
        select r.source_import_id as number, r."table", r.id, scopes.scope,
            case r.operation when 'INSERT' then (r.old ->> 'ids')::int8multirange
                else int8multirange(int8range(r."row", r."row" + 1)) end as ids
        from public.gis_core_replacedrow r cross join lateral (
            select jsonb_array_elements_text(r.old -> 'scopes') where r.operation = 'INSERT'
            union all
            select coalesce(r.old ->> 'insee', r.old ->> 'owner_id', '') where r.operation <> 'INSERT') scopes (scope)
        where r.id >= (select min(mine.id) from public.gis_core_replacedrow mine where mine.source_import_id = made)
    ), written as materialized (
        select number, "table", scope, min(id) as first, max(id) as last, range_agg(ids) as ids from kept group by 1, 2, 3
    )
    select theirs.number from written mine join written theirs
        on theirs."table" = mine."table" and theirs.number <> mine.number and theirs.last > mine.first
            and case when '' in (mine.scope, theirs.scope) then theirs.ids && mine.ids else theirs.scope = mine.scope end
    where mine.number = made
    group by 1 order by max(theirs.last) desc
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

revoke execute on function arpent.replaced_tables, arpent.kept_imports, arpent.imports_since, arpent.later_imports,
    arpent.replaced_values, arpent.forget_replaced from public;
grant execute on function arpent.replaced_tables, arpent.kept_imports, arpent.imports_since, arpent.later_imports,
    arpent.replaced_values, arpent.forget_replaced to arpent_worker;
