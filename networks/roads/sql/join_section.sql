-- Trigger before a section of road is made or its line changes: its ends are put on the nodes within half a metre, made where
-- there are none. Nodes belong to nobody, for sections of several members meet there: this function alone makes them.
create or replace function arpent.join_section() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    touching constant float8 := 0.5;
    place geometry;
    node record;
    ends bigint[] := '{}';
begin
    if tg_op = 'UPDATE' and new.geom is not distinct from old.geom then
        new.start_node_id := old.start_node_id;
        new.end_node_id := old.end_node_id;
        return new;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('arpent roads', 0));
    foreach place in array array[st_startpoint(new.geom), st_endpoint(new.geom)] loop
        select n.id, n.geom into node from public.road_node n where n.geom && st_expand(place, touching)
            and st_dwithin(n.geom, place, touching) order by st_distance(n.geom, place), n.id limit 1;
        if not found then
            insert into public.road_node (geom) values (place) returning id, geom into node;
        end if;
        new.geom := st_setpoint(new.geom, case cardinality(ends) when 0 then 0 else -1 end, node.geom);
        ends := ends || node.id;
    end loop;
    new.start_node_id := ends[1];
    new.end_node_id := ends[2];
    return new;
end $$;
