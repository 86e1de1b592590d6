-- Open a history event for a table in this transaction: every later change to the table belongs to it.
create or replace function arpent.open_event(kind text, target regclass, detail jsonb default '{}') returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    event bigint;
begin
    insert into public.gis_core_historyevent (kind, "table", at, by_user, by_role, detail)
    values (kind, target::text, clock_timestamp(), nullif(current_setting('arpent.user_id', true), '')::int, session_user, detail)
    returning id into event;
    perform set_config('arpent.event_' || target::oid, event::text, true);
    return event;
end $$;
