-- Trigger before works are deleted, on the map too: their detours go, and requests for them have no works any more.
create or replace function arpent.leave_work() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform arpent.announce_edited(l.id, null) from public.catalogue_layer l where l.slug = 'works-detours'
        and arpent.sees_layer(l.id) and exists (select from public.road_detour d where d.work_id = old.id);
    delete from public.road_detour d where d.work_id = old.id;
    update public.road_request r set work_id = null where r.work_id = old.id;
    return old;
end $$;
