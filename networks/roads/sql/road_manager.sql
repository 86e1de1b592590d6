-- The member that manages a numbered road, where the one asked for does not: its département or its inter-communal body, by
-- what the sections that it keeps say; null where nobody else does.
create or replace function arpent.road_manager(number text, department text, besides bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select case when not exists (
            select from public.road_section s join public.gis_core_member m on m.id = s.owner_id
            where s.route = number and s.department = road_manager.department and s.owner_id = besides
                and (s.manager, m.kind) in (('03', 'departement'), ('04', 'epci')))
        then (select min(s.owner_id) from public.road_section s join public.gis_core_member m on m.id = s.owner_id
            where s.route = number and s.department = road_manager.department
                and (s.manager, m.kind) in (('03', 'departement'), ('04', 'epci'))) end
$$;
