-- Take the next messages of a notice to hand them over; who takes them holds the notice alone. What somebody who is gone had taken
-- is taken again first where the channel's gateway knows the message by its key (`again`), and else is not known, for good: it
-- may have left. One pass goes up the ids from `after`, 0 to begin with: what comes back waits for the next. Who objected
-- meanwhile gets nothing. For the worker alone.
create or replace function arpent.take_messages(asked bigint, by_channel text, again boolean, after bigint, most int)
returns table (id bigint, key uuid, value text, addresses text[])
language plpgsql security definer set search_path = pg_catalog, public as $$
#variable_conflict use_column
begin
    if after = 0 then
        update public.notifications_message m set
            state = case when again then 'waiting' else 'unknown' end,
            why = case when again then m.why else 'interrupted' end
        where m.notice_id = asked and m.channel = by_channel and m.state = 'handing';
    end if;
    update public.notifications_message m set state = 'stopped', ended_at = clock_timestamp()
        from public.notifications_notice n, public.notifications_optout s
        where m.notice_id = asked and n.id = asked and m.channel = by_channel and m.state = 'waiting'
            and s.owner_id = n.owner_id and s.channel = m.channel and s.value = m.value;
    return query
        with taken as (
            update public.notifications_message m set state = 'handing', attempts = m.attempts + 1
            where m.id in (
                select w.id from public.notifications_message w
                where w.notice_id = asked and w.channel = by_channel and w.state = 'waiting' and w.id > after
                order by w.id limit most for update skip locked)
            returning m.id, m.key, m.value::text, m.addresses::text[])
        select taken.id, taken.key, taken.value, taken.addresses from taken order by taken.id;
end $$;
revoke execute on function arpent.take_messages from public;
grant execute on function arpent.take_messages to arpent_worker;
