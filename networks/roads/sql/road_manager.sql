-- A member that manages a numbered road, where the one asked for does not: its département or its inter-communal body, by what
-- the sections that they keep say; null where nobody else does. A road may have several managers: each decides on it.
create or replace function arpent.road_manager(number text, department text, besides bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select case when not coalesce(bool_or(s.owner_id = besides), false) then min(s.owner_id) end
        from public.road_section s join public.gis_core_member m on m.id = s.owner_id
        where s.route = number and s.department = road_manager.department and arpent.manages_road(s.manager, m.kind)
$$;
