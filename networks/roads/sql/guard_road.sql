-- Trigger before a section or a marker joins a numbered road: who manages the road decides; others may complete roads that
-- nobody manages here.
create or replace function arpent.guard_road() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    manager bigint := arpent.road_manager(new.route, new.department, new.owner_id);
    place geometry := st_pointonsurface(new.geom);
begin
    if manager is not null then
        raise exception using errcode = 'AR002', message = 'another member manages this road', detail = jsonb_build_object(
            'kind', 'road_managed', 'id', new.id, 'other', (select m.name from public.gis_core_member m where m.id = manager),
            'x', st_x(place), 'y', st_y(place))::text;
    end if;
    return new;
end $$;
