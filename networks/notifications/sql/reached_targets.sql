-- By how many numbers and e-mail addresses each address of a notice is reached, for who sees the notice; numbers alone.
create or replace function arpent.reached_targets(asked bigint) returns table (target bigint, sms int, email int)
language sql stable security definer set search_path = pg_catalog, public as $$
    select r.target, (count(distinct r.value) filter (where r.channel = 'sms'))::int,
           (count(distinct r.value) filter (where r.channel = 'email'))::int
    from arpent.reached_by(asked) r where r.target is not null and arpent.sees_notice(asked) group by r.target
$$;
