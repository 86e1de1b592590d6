-- Nobody writes to this number or e-mail address for this member any more, from now on: messages that wait are not sent.
-- For the functions beside it alone.
create or replace function arpent.close_channel(member bigint, by_channel text, closed text, told text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    insert into public.notifications_optout (owner_id, channel, value, how, at)
        values (member, by_channel, closed, told, clock_timestamp()) on conflict do nothing;
    update public.notifications_message m set state = 'stopped', ended_at = clock_timestamp()
        from public.notifications_notice n
        where n.id = m.notice_id and n.owner_id = member and m.channel = by_channel and m.value = closed and m.state = 'waiting';
    perform arpent.journal_contacts(member, array(
        select c.id from public.notifications_contact c where c.owner_id = member
            and closed = case by_channel when 'sms' then c.phone else c.email end), 'stopped', told);
end $$;
revoke execute on function arpent.close_channel from public;
