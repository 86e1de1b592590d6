-- Trigger before works are deleted, on the map too: their detours go, and requests for them have no works any more.
create or replace function arpent.leave_work() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update public.road_request r set work_id = null where r.work_id = old.id;
    -- Rows first, in their order, then the layer: as whoever edits detours does.
    perform from public.road_detour d where d.work_id = old.id order by d.id for update;
    if found then
        delete from public.road_detour d where d.work_id = old.id;
        perform arpent.announce_edited(l.id, null) from public.catalogue_layer l where l.slug = 'works-detours'
            and arpent.sees_layer(l.id);
    end if;
    return old;
end $$;
