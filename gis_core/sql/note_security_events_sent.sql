-- Up to this line a syslog target has received the security journal. For the worker.
create or replace function arpent.note_security_events_sent(name text, last bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update public.gis_core_syslogposition p set event = last where p.target = name;
end $$;
revoke execute on function arpent.note_security_events_sent from public;
grant execute on function arpent.note_security_events_sent to arpent_worker;
