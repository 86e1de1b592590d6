-- A number answered STOP: closed for every member that knows it or wrote to it. Returns for how many. For who keeps the
-- gateway's secret.
create or replace function arpent.stop_number(number text) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    member bigint;
    closed int := 0;
begin
    for member in
        select c.owner_id from public.notifications_contact c where c.phone = number
        union select n.owner_id from public.notifications_message m join public.notifications_notice n on n.id = m.notice_id
            where m.value = number and m.channel = 'sms' loop
        perform arpent.close_channel(member, 'sms', number, 'reply');
        closed := closed + 1;
    end loop;
    return closed;
end $$;
