-- Register a third party's request, unless they have made five this week or ten this month: then its number is null. The
-- lock holds until the transaction ends, so that two requests at once are counted one after the other.
create or replace function arpent.open_owner_request(given jsonb) returns table (number bigint, in_week int, in_month int)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    request public.owners_thirdpartyrequest := jsonb_populate_record(null::public.owners_thirdpartyrequest, given);
    made record;
begin
    perform pg_advisory_xact_lock(hashtextextended(format('arpent owners asked by %s at %s', request.requester_key, request.service), 0));
    request.at := clock_timestamp();
    request.by_user := arpent.user_id();
    select * into made from arpent.owner_request_counts(request.service, request.requester_key, request.at);
    if request.exemption = '' and (made.in_week >= 5 or made.in_month >= 10) then
        return query select null::bigint, made.in_week, made.in_month;
        return;
    end if;
    request.id := nextval(pg_get_serial_sequence('public.owners_thirdpartyrequest', 'id'));
    insert into public.owners_thirdpartyrequest select request.*;
    return query select request.id, made.in_week, made.in_month;
end $$;
