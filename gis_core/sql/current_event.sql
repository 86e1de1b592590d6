-- The history event that a change to a table belongs to, opened now where the writer opened none (raw SQL leaves a trace).
create or replace function arpent.current_event(kind text, target regclass) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    return coalesce(
        nullif(current_setting('arpent.event_' || target::oid, true), '')::bigint,
        arpent.open_event(kind, target)
    );
end $$;
revoke execute on function arpent.current_event from public;
grant execute on function arpent.current_event to arpent_worker;
