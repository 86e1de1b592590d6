-- Trigger after a section of road changed or went: nodes that no section needs any more go, and the axes of its road are stale.
create or replace function arpent.leave_section() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if tg_op <> 'INSERT' and (tg_op = 'DELETE' or old.start_node_id <> new.start_node_id or old.end_node_id <> new.end_node_id) then
        -- Somebody may be putting another section on these nodes: whoever makes or removes nodes waits for the others.
        perform pg_advisory_xact_lock(hashtextextended('arpent roads', 0));
        delete from public.road_node n where n.id in (old.start_node_id, old.end_node_id)
            and not exists (select from public.road_section s where s.start_node_id = n.id)
            and not exists (select from public.road_section s where s.end_node_id = n.id);
    end if;
    if tg_op = 'UPDATE' and new.geom = old.geom and (new.route, new.department, new.carriageway, new.traffic_way)
            is not distinct from (old.route, old.department, old.carriageway, old.traffic_way) then
        return null;
    end if;
    if tg_op <> 'INSERT' then
        perform arpent.road_changed(old.route, old.department);
    end if;
    if tg_op <> 'DELETE' then
        perform arpent.road_changed(new.route, new.department);
    end if;
    return null;
end $$;
