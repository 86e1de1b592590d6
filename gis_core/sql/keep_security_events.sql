-- Add lines to the security journal, each once; how many were new. The only way in: no role of the site changes or removes one.
-- One transaction at a time: numbers are in the order in which lines can be read, so that whoever has read up to one has all before.
create or replace function arpent.keep_security_events(lines jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    added integer;
begin
    perform pg_advisory_xact_lock(hashtextextended('arpent security journal', 0));
    insert into public.gis_core_securityevent (reference, at, kind, event, "user", name, address, request, about, detail)
    select l.reference, l.at, l.kind, l.event, l."user", l.name, l.address, l.request, l.about, l.detail
    from jsonb_to_recordset(lines) as l (reference uuid, at timestamptz, kind text, event text, "user" int, name text, address text,
        request text, about text, detail jsonb)
    on conflict (reference) do nothing;
    get diagnostics added = row_count;
    return added;
end $$;
revoke execute on function arpent.keep_security_events from public;
grant execute on function arpent.keep_security_events to arpent_web, arpent_worker;
