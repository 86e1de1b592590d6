-- Works are numbered and placed by the database, whoever writes them. Safe to repeat.
create or replace function arpent.install_works() returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    if to_regclass('public.road_work') is null or to_regclass('public.road_work_number') is null then
        return;
    end if;
    create or replace trigger arpent_number before insert or update on road_work
        for each row execute function arpent.number_work();
end $$;
