-- How many messages of a notice are in which state, for who sees the notice; numbers alone.
create or replace function arpent.count_messages(asked bigint) returns table (channel text, state text, messages bigint)
language sql stable security definer set search_path = pg_catalog, public as $$
    select m.channel::text, m.state::text, count(*) from public.notifications_message m
    where m.notice_id = asked and arpent.sees_notice(asked) group by m.channel, m.state
$$;
