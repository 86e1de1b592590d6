-- Trigger after a marker was made, changed or taken away: the axes of its road are stale.
create or replace function arpent.move_marker() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if tg_op <> 'INSERT' then
        perform arpent.road_changed(old.route, old.department);
    end if;
    if tg_op <> 'DELETE' then
        perform arpent.road_changed(new.route, new.department);
    end if;
    return null;
end $$;
