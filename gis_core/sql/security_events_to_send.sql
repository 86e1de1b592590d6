-- The next lines of the security journal for a syslog target, in the order in which they were kept (`keep_security_events`): no line
-- comes later with a lower number. A new target begins with what comes from now on. For the worker.
create or replace function arpent.security_events_to_send(name text, most int) returns setof public.gis_core_securityevent
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    sent bigint;
begin
    insert into public.gis_core_syslogposition (target, event)
    values (name, (select coalesce(max(e.id), 0) from public.gis_core_securityevent e)) on conflict (target) do nothing;
    select p.event into sent from public.gis_core_syslogposition p where p.target = name;
    return query select * from public.gis_core_securityevent e
        where e.id > sent order by e.id limit most;
end $$;
revoke execute on function arpent.security_events_to_send from public;
grant execute on function arpent.security_events_to_send to arpent_worker;
