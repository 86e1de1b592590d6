-- Whether the asker deals with requests for works of a member in a commune: its network technicians and GIS administrators, the
-- town hall of the commune; and the agency.
create or replace function arpent.deals_with_requests(member bigint, commune text) returns boolean
language sql stable parallel safe security definer set search_path = pg_catalog, public as $$
    select arpent.is_agency() or exists (
        select from public.gis_core_membership m
        where m.user_id = arpent.user_id() and m.member_id = member and arpent.in_force(m.accepted_at, m.last_date)
            and (m.role in ('network_technician', 'gis_administrator') or (m.role = 'town_hall' and exists (
                select from public.gis_core_townhall h where h.membership_id = m.id and h.insee = commune))))
$$;
