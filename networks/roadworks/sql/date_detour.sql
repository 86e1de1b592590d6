-- Trigger before a detour is made, goes to other works, or is drawn anew after these changed: it has their days; cancelled ones
-- have none. `arpent.number_work` changes the days with the works, and takes them away where they close something else.
create or replace function arpent.date_detour() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    state text;
begin
    if tg_op = 'INSERT' then
        -- Nobody cancels them meanwhile.
        perform from public.road_work w where w.id = new.work_id for share;
    end if;
    if tg_op = 'INSERT' or new.work_id <> old.work_id or (old.starts_on is null and new.geom is distinct from old.geom) then
        select w.starts_on, w.ends_on, w.state into new.starts_on, new.ends_on, state from public.road_work w where w.id = new.work_id;
        if state = 'cancelled' then
            raise exception using errcode = '23514', constraint = 'road_detour_of_cancelled', table = 'road_detour', schema = 'public',
                message = 'nothing is led around cancelled works';
        end if;
    end if;
    return new;
end $$;
