-- Keep sections of road joined by nodes, what they say of their sides with their line, and axes told that they are stale. An
-- import does the same for all of its rows at once (arpent.topology_works). Safe to repeat.
create or replace function arpent.install_roads() returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    if to_regclass('public.road_axis') is null then
        return;
    end if;
    execute format('create or replace trigger arpent_join before insert or update on road_section
        for each row when (%s) execute function arpent.join_section()', arpent.topology_works());
    execute format('create or replace trigger arpent_turn before update of geom on road_section
        for each row when (%s) execute function arpent.turn_section()', arpent.topology_works());
    execute format('create or replace trigger arpent_leave after insert or update or delete on road_section
        for each row when (%s) execute function arpent.leave_section()', arpent.topology_works());
    -- Triggers run in the order of their names: the number first, for the Département is that of this road.
    create or replace trigger arpent_called before insert or update on road_section
        for each row when (new.route is not null) execute function arpent.name_route();
    create or replace trigger arpent_called before insert or update on road_marker
        for each row execute function arpent.name_route();
    create or replace trigger arpent_department before insert or update on road_section
        for each row when (new.department is null or new.department = '' and new.route is not null)
        execute function arpent.name_department();
    create or replace trigger arpent_department before insert or update on road_marker
        for each row when (coalesce(new.department, '') = '') execute function arpent.name_department();
    execute format('create or replace trigger arpent_guard before insert or update on road_section
        for each row when (new.route is not null and (%s)) execute function arpent.guard_road()', arpent.topology_works());
    execute format('create or replace trigger arpent_guard before insert or update on road_marker
        for each row when (%s) execute function arpent.guard_road()', arpent.topology_works());
    create or replace trigger arpent_once before insert or update on road_marker
        for each row execute function arpent.marker_once();
    create or replace trigger arpent_move after insert or update or delete on road_marker
        for each row execute function arpent.move_marker();
end $$;
