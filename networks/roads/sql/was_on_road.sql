-- Whether what becomes a section was on its road already, as its owner's: it was deleted and is restored under its id, or is
-- a piece of one that this transaction cuts.
create or replace function arpent.was_on_road(section bigint, line geometry, number text, department text, owner bigint)
returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (select from public.road_change c join public.road_section s on s.id = c.section_id
            where c.xact = pg_current_xact_id()::text::bigint
                and (s.route, s.department, s.owner_id) = (number, was_on_road.department, owner)
                and st_covers(st_buffer(c.geom, 0.01), line))
        or exists (select from public.gis_core_rowhistory r join public.gis_core_historyevent e on e.id = r.event_id
            where r.pk_value = section and r.operation = 'DELETE' and e."table" = 'road_section'
                and (r.old ->> 'route', r.old ->> 'department', (r.old ->> 'owner_id')::bigint)
                    = (number, was_on_road.department, owner))
$$;
