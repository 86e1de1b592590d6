-- How many contacts a member has, how many are reached by which channel, and how many do not want it, for the member's
-- people: numbers alone.
create or replace function arpent.count_contacts(member bigint)
returns table (contacts bigint, sms bigint, email bigint, stopped bigint)
language sql stable security definer set search_path = pg_catalog, public as $$
    select (select count(*) from public.notifications_contact c where c.owner_id = member),
           count(*) filter (where ways.channel = 'sms'), count(*) filter (where ways.channel = 'email'),
           (select count(*) from public.notifications_optout s where s.owner_id = member)
    from arpent.open_ways(member) ways
    where arpent.is_agency() or member in (select unnest(arpent.members())) or arpent.reads_contacts(member)
$$;
