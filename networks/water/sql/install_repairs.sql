-- Repairs know their pipe, and follow it. Safe to repeat.
create or replace function arpent.install_repairs() returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    if to_regclass('public.water_repair') is null then
        return;
    end if;
    create or replace trigger arpent_repair_pipe before insert or update on water_repair
        for each row execute function arpent.complete_repair();
    execute format('create or replace trigger arpent_topology_repairs after update or delete on water_pipe
        for each row when (%s) execute function arpent.follow_pipe(''water'')', arpent.topology_works());
    execute format('create or replace trigger arpent_topology_repairs after update or delete on sewer_pipe
        for each row when (%s) execute function arpent.follow_pipe(''sewer'')', arpent.topology_works());
end $$;
