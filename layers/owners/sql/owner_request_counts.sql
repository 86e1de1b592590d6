-- How many requests somebody has made at a service in the week (from Monday) and in the civil month of an instant, in
-- Paris; those whom the limits do not bind are not counted (LPF R*107 A-3).
create or replace function arpent.owner_request_counts(member bigint, key text, instant timestamptz)
returns table (in_week int, in_month int)
language sql stable security definer set search_path = pg_catalog, public as $$
    select count(*) filter (where r.at >= paris.week)::int, count(*) filter (where r.at >= paris.month)::int
    from (select date_trunc('week', instant, 'Europe/Paris') as week, date_trunc('month', instant, 'Europe/Paris') as month) paris
    left join public.owners_thirdpartyrequest r on r.service = member and r.requester_key = key and r.exemption = ''
        and r.at >= least(paris.week, paris.month) and r.at <= instant
$$;
