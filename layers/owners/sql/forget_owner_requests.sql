-- Requests that count towards no limit any more go, and with them who asked.
create or replace function arpent.forget_owner_requests() returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    gone bigint;
begin
    delete from public.owners_thirdpartyrequest where at < clock_timestamp() - interval '62 days';
    get diagnostics gone = row_count;
    return gone;
end $$;
