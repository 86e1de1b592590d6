-- The messages that a notice would make now, without making them. For the worker's dry run alone.
create or replace function arpent.tried_messages(asked bigint)
returns table (channel text, value text, addresses text[])
language sql stable security definer set search_path = pg_catalog, public as $$
    select r.channel, r.value, coalesce((array_agg(distinct r.address) filter (where r.address <> ''))[:20], '{}')
    from arpent.reached_by(asked) r group by r.channel, r.value order by r.channel desc, r.value
$$;
revoke execute on function arpent.tried_messages from public;
grant execute on function arpent.tried_messages to arpent_worker;
