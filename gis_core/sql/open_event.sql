-- Open a history event for a table in this transaction: every later change to the table belongs to it. Who asks and where
-- from (arpent.origin: {"event": kind, "from": ..., "label": ...}) come from the transaction's settings.
create or replace function arpent.open_event(kind text, target regclass, detail jsonb default '{}') returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    origin jsonb := nullif(current_setting('arpent.origin', true), '')::jsonb;
    event bigint;
begin
    insert into public.gis_core_historyevent (kind, "table", layer, at, by_user, by_role, detail)
    values (coalesce(origin ->> 'event', kind), target::text,
        (select min(l.id) from public.catalogue_layer l where l."table" = target::text),
        clock_timestamp(), nullif(current_setting('arpent.user_id', true), '')::int, arpent.acting_role(),
        coalesce(origin - 'event', '{}') || detail)
    returning id into event;
    perform set_config('arpent.event_' || target::oid, event::text, true);
    return event;
end $$;
revoke execute on function arpent.open_event from public;
grant execute on function arpent.open_event to arpent_worker;
