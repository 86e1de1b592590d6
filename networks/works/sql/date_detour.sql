-- Trigger before a detour is made or goes to other works: it has their days. `arpent.number_work` changes them with the works.
create or replace function arpent.date_detour() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if tg_op = 'INSERT' or new.work_id <> old.work_id then
        select w.starts_on, w.ends_on into new.starts_on, new.ends_on from public.road_work w where w.id = new.work_id;
    end if;
    return new;
end $$;
