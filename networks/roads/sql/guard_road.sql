-- Trigger before a section or a marker joins a numbered road: who manages the road decides; others may complete roads that
-- nobody manages here. Who keeps a section as its manager is one of those of its road, whoever else is. A section that is on the
-- road stays its owner's to change; one that was on it may come back, and what it is cut into stays on it.
create or replace function arpent.guard_road() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    manager bigint;
    place geometry := st_pointonsurface(new.geom);
begin
    if tg_table_name = 'road_section' then
        if tg_op = 'UPDATE' and (new.route, new.department, new.owner_id) is not distinct from (old.route, old.department, old.owner_id)
                or exists (select from public.gis_core_member m where m.id = new.owner_id and arpent.manages_road(new.manager, m.kind)) then
            return new;
        end if;
    elsif tg_op = 'UPDATE' then
        if (new.route, new.department, new.number, new.carriageway, new.owner_id)
                is not distinct from (old.route, old.department, old.number, old.carriageway, old.owner_id) and new.geom = old.geom then
            return new;
        end if;
    end if;
    manager := arpent.road_manager(new.route, new.department, new.owner_id);
    if manager is not null and tg_table_name = 'road_section' and tg_op = 'INSERT'
            and arpent.was_on_road(new.id, new.geom, new.route, new.department, new.owner_id) then
        return new;
    end if;
    if manager is not null then
        raise exception using errcode = 'AR002', message = 'another member manages this road', detail = jsonb_build_object(
            'kind', 'road_managed', 'id', new.id, 'other', (select m.name from public.gis_core_member m where m.id = manager),
            'x', st_x(place), 'y', st_y(place))::text;
    end if;
    return new;
end $$;
