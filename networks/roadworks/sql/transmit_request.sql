-- Gives a request to the member that is competent, with its pieces, as it was received: drafts are deleted, works of another member
-- detached, and what was decided or said of people of the sender goes. The sender keeps the line of it alone. It asks again, for
-- nobody moves rows between members otherwise: that who asks decides on it, that nothing is numbered, and that the commune is
-- one of the receiver's.
create or replace function arpent.transmit_request(asked bigint, receiver bigint, day date) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    one public.road_request;
begin
    select * into one from public.road_request r where r.id = asked for update;
    if one.id is null or not (arpent.is_agency() or exists (
            select from public.gis_core_membership m
            where m.user_id = arpent.user_id() and m.member_id = one.owner_id and arpent.in_force(m.accepted_at, m.last_date)
                and m.role in ('network_technician', 'gis_administrator'))) then
        raise exception using errcode = '42501', message = 'this request is not the asker''s to send';
    end if;
    if receiver = one.owner_id or one.forgotten_date is not null or one.state not in ('received', 'accepted', 'refused')
            or not exists (select from public.gis_core_territory t where t.member_id = receiver and t.insee = one.insee)
            or exists (select from public.gis_core_letter l where l.owner_id = one.owner_id and l.about_kind = 'road-request'
                and l.about_key = one.id::text and l.state <> 'draft') then
        raise exception using errcode = '42501', message = 'this request is not sent there';
    end if;
    delete from public.gis_core_letter l where l.owner_id = one.owner_id and l.about_kind = 'road-request'
        and l.about_key = one.id::text and l.state = 'draft';
    update public.road_piece p set added_by_id = null where p.request_id = one.id;
    update public.road_request r set owner_id = receiver, state = 'received', decided_date = null, decided_by_id = null,
        made_by_id = null, joined_by_id = null,
        work_id = (select w.id from public.road_work w where w.id = one.work_id and w.owner_id = receiver)
        where r.id = one.id;
    insert into public.road_transmission (owner_id, shared_with, receiver_id, number, insee, sent_date)
        values (one.owner_id, array[receiver]::int[], receiver, one.id, one.insee, day);
end $$;
revoke execute on function arpent.transmit_request from public;
grant execute on function arpent.transmit_request to arpent_web, arpent_worker;
