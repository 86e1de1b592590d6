-- Record how handing messages over went: `given` is a list of key, state, provider_id, why. A report that came before is
-- taken up; one that tells more stays. `waiting` gives a message back that certainly did not leave. For the worker alone.
create or replace function arpent.record_messages(given jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    -- In the order in which reports lock them.
    perform from public.notifications_message m where m.key in (select r.key from jsonb_to_recordset(given) r(key uuid))
        order by m.id for update;
    update public.notifications_message m set
        state = case when r.state = 'waiting' and m.state = 'handing' then 'waiting'
                     when arpent.state_rank(r.state) > arpent.state_rank(m.state) then r.state else m.state end,
        why = case when arpent.state_rank(r.state) > arpent.state_rank(m.state) or r.state = 'waiting' then left(r.why, 200) else m.why end,
        provider_id = coalesce(nullif(left(r.provider_id, 120), ''), m.provider_id),
        handed_at = case when r.state = 'handed' then coalesce(m.handed_at, clock_timestamp()) else m.handed_at end,
        ended_at = case when r.state = 'failed' then coalesce(m.ended_at, clock_timestamp()) else m.ended_at end
    from jsonb_to_recordset(given) r(key uuid, state text, provider_id text, why text)
    where m.key = r.key and m.state <> 'stopped';
    with early as (
        delete from public.notifications_earlyreport e using jsonb_to_recordset(given) r(provider_id text)
        where r.provider_id <> '' and e.provider_id = r.provider_id returning e.*)
    update public.notifications_message m set state = early.state, why = early.why, ended_at = early.at
    from early where m.provider_id = early.provider_id and m.provider_id <> ''
        and arpent.state_rank(early.state) > arpent.state_rank(m.state);
end $$;
revoke execute on function arpent.record_messages from public;
grant execute on function arpent.record_messages to arpent_worker;
