-- How far a notice reaches, for who sees it: different numbers and e-mail addresses, addresses reached by either; numbers alone.
create or replace function arpent.count_reached(asked bigint)
returns table (sms bigint, email bigint, targets bigint, reached bigint)
language sql stable security definer set search_path = pg_catalog, public as $$
    with found as materialized (select * from arpent.reached_by(asked))
    select (select count(distinct value) from found where channel = 'sms'),
           (select count(distinct value) from found where channel = 'email'),
           (select count(*) from public.notifications_target t where t.notice_id = asked),
           (select count(distinct target) from found)
    where arpent.sees_notice(asked)
$$;
