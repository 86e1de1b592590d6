-- Delivery reports of the gateway: a list of key or provider_id, state, why. Said twice or in another order they change
-- nothing more; one whose message does not know its number yet is kept for it. Returns how many were of a message of ours. For who
-- keeps the gateway's secret.
create or replace function arpent.report_messages(given jsonb) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    -- One question each: an index answers it, that of numbers where they are said not to be empty.
    told_of bigint[] := array(
        select m.id from jsonb_to_recordset(given) r(key uuid) join public.notifications_message m on m.key = r.key
        union
        select m.id from jsonb_to_recordset(given) r(provider_id text)
            join public.notifications_message m on m.provider_id = r.provider_id and m.provider_id <> '');
    known int;
begin
    -- Two reports of one message at once wait for each other.
    perform from public.notifications_message m where m.id = any (told_of) order by m.id for update;
    with told as materialized (
        select m.id, best.state, best.why from public.notifications_message m
        join lateral (
            select r.state, r.why from jsonb_to_recordset(given) r(key uuid, provider_id text, state text, why text)
            where r.key = m.key or (r.provider_id <> '' and r.provider_id = m.provider_id)
            order by arpent.state_rank(r.state) desc limit 1) best on true
        where m.id = any (told_of)),
    changed as (
        update public.notifications_message m set state = told.state, why = left(told.why, 200),
            ended_at = case when told.state in ('delivered', 'failed') then clock_timestamp() else m.ended_at end
        from told where m.id = told.id and m.state <> 'stopped'
            and arpent.state_rank(told.state) > arpent.state_rank(m.state))
    select count(*) into known from told;
    insert into public.notifications_earlyreport as e (provider_id, state, why, at)
        select distinct on (r.provider_id) left(r.provider_id, 120), r.state, left(r.why, 200), clock_timestamp()
        from jsonb_to_recordset(given) r(key uuid, provider_id text, state text, why text)
        where r.provider_id <> '' and r.key is null
            and not exists (select from public.notifications_message m where m.provider_id = r.provider_id and m.provider_id <> '')
        order by r.provider_id, arpent.state_rank(r.state) desc
        on conflict (provider_id) do update set state = excluded.state, why = excluded.why
            where arpent.state_rank(excluded.state) > arpent.state_rank(e.state);
    return known;
end $$;
