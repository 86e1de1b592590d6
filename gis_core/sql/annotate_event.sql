-- Say more of the event that this transaction opened for a table: what became of what (a split, a merge, a restoration).
create or replace function arpent.annotate_event(target regclass, more jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    event bigint := nullif(current_setting('arpent.event_' || target::oid, true), '')::bigint;
begin
    update public.gis_core_historyevent set detail = detail || more where id = event;
    return event;
end $$;
