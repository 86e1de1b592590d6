-- Lines of the security journal of one kind from before an instant go; how many went. For the worker.
create or replace function arpent.forget_security_events(which text, before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    gone bigint;
begin
    delete from public.gis_core_securityevent e where e.kind = which and e.at < before;
    get diagnostics gone = row_count;
    return gone;
end $$;
revoke execute on function arpent.forget_security_events from public;
grant execute on function arpent.forget_security_events to arpent_worker;
