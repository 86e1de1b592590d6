-- What the link in an e-mail is about, by its message: the member's name, whether the channel is closed, whether the address is
-- still known; `closing` closes it. Whoever has the signed link may.
create or replace function arpent.stop_message(asked bigint, closing boolean)
returns table (member text, closed boolean, known boolean)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    one record;
begin
    select m.value, m.channel, n.owner_id, o.name into one from public.notifications_message m
        join public.notifications_notice n on n.id = m.notice_id join public.gis_core_member o on o.id = n.owner_id
        where m.id = asked;
    if not found then
        return;
    end if;
    if closing and one.value is not null then
        perform arpent.close_channel(one.owner_id, one.channel, one.value, 'link');
    end if;
    return query select one.name::text, exists (
        select from public.notifications_optout s where s.owner_id = one.owner_id and s.channel = one.channel and s.value = one.value),
        one.value is not null;
end $$;
