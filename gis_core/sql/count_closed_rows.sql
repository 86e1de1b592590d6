-- How many rows `closed_rows` gives. For the worker.
create or replace function arpent.count_closed_rows(name text, key text, ids bigint[]) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    rows bigint;
begin
    execute format('select count(*) from public.%I o where o.%I = any ($1)', name, key) into rows using ids;
    return rows;
end $$;
revoke execute on function arpent.count_closed_rows from public;
grant execute on function arpent.count_closed_rows to arpent_worker;
