-- The sections that a transaction changed, once each: the line before its first change (null for one made since), and the line
-- that it has (null for one that is gone).
create or replace function arpent.sections_changed(here bigint) returns table (section_id bigint, before geometry, after geometry)
language sql stable security definer set search_path = pg_catalog, public as $$
    select c.section_id, c.geom, s.geom from (
        select distinct on (r.section_id) r.section_id, r.geom from public.road_change r
        where r.xact = here and r.section_id is not null order by r.section_id, r.geom is null, r.id) c
    left join public.road_section s on s.id = c.section_id;
$$;
