-- Trigger after a marker was made, changed or taken away: the axes of its road are stale.
create or replace function arpent.move_marker() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update public.road_axis a set stale = true where not a.stale and a.route in (
        case when tg_op <> 'INSERT' then old.route end, case when tg_op <> 'DELETE' then new.route end);
    return null;
end $$;
