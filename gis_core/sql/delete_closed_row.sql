-- Removes a row that is about a person who asks for it, from a table that only functions read. Neither journals, which the site
-- reads, nor the history can be changed by it. Returns how many rows went. For the worker.
create or replace function arpent.delete_closed_row(name text, row_id bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    gone bigint;
begin
    if name ~ '^gis_core_' or has_table_privilege('arpent_web', format('public.%I', name), 'select') then
        raise exception 'no row of % goes this way', name using errcode = 'insufficient_privilege';
    end if;
    execute format('delete from public.%I where id = $1', name) using row_id;
    get diagnostics gone = row_count;
    return gone;
end $$;
revoke execute on function arpent.delete_closed_row from public;
grant execute on function arpent.delete_closed_row to arpent_worker;
