-- The rank of the asker's role at a member, -1 for none, by the memberships as they are now (the settings say what they
-- were when the request began).
create or replace function arpent.rank_at(member bigint) returns int
language sql stable security definer set search_path = pg_catalog, public as $$
    select coalesce(max(arpent.role_rank(m.role)), -1)
    from public.gis_core_membership m join public.gis_core_user u on u.id = m.user_id and u.is_active
    where m.user_id = arpent.user_id() and arpent.in_force(m.accepted_at, m.last_date) and (m.member_id = member or m.role = 'agency_administrator')
$$;
