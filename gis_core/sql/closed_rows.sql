-- Rows of a table that only functions read, as JSON, in the order of their ids: those whose column `key` is one of the ids. For
-- the export of everything of a member, which the worker makes. Columns that are computed for searching are left out with the rest.
create or replace function arpent.closed_rows(name text, key text, ids bigint[]) returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return query execute format('select to_jsonb(o) - %L::text[] from public.%I o where o.%I = any ($1) order by o.id',
        '{geom_3857,digest}', name, key) using ids;
end $$;
revoke execute on function arpent.closed_rows from public;
grant execute on function arpent.closed_rows to arpent_worker;
