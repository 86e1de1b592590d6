-- Keep sections of road joined by nodes, and axes told that they are stale. Safe to repeat.
create or replace function arpent.install_roads() returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    if to_regclass('public.road_axis') is null then
        return;
    end if;
    create or replace trigger arpent_join before insert or update on road_section
        for each row execute function arpent.join_section();
    create or replace trigger arpent_leave after insert or update or delete on road_section
        for each row execute function arpent.leave_section();
    create or replace trigger arpent_move after insert or update or delete on road_marker
        for each row execute function arpent.move_marker();
end $$;
