-- Trigger before a section of road is made or its line changes: its ends are put on the nodes within half a metre, made where
-- there are none; a node that no other section needs goes along with its end. Nodes belong to nobody, for sections of several
-- members meet there: this function alone makes and moves them. Refused, in words: what is shorter than half a metre once its
-- ends are put, and a change that this putting takes back whole.
create or replace function arpent.join_section() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    touching constant float8 := 0.5;
    asked constant geometry := new.geom;
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
        elsif tg_op = 'UPDATE' and not node.geom = place and node.id in (old.start_node_id, old.end_node_id)
                and not node.id = any(ends)
                and not exists (select from public.road_section s where s.start_node_id = node.id and s.id <> new.id)
                and not exists (select from public.road_section s where s.end_node_id = node.id and s.id <> new.id) then
            update public.road_node set geom = place where id = node.id returning id, geom into node;
        end if;
        new.geom := st_setpoint(new.geom, case cardinality(ends) when 0 then 0 else -1 end, node.geom);
        ends := ends || node.id;
    end loop;
    if st_length(new.geom) < touching or (ends[1] = ends[2] and st_length(new.geom) < 2 * touching) then
        perform arpent.refuse_topology('road_too_short', new.id, null, asked);
    end if;
    if tg_op = 'UPDATE' and new.geom = old.geom and st_hausdorffdistance(asked, old.geom) > 0.01 then
        perform arpent.refuse_topology('road_put_back', new.id, null,
            case when st_distance(st_startpoint(asked), st_startpoint(old.geom)) > 0.01 then st_startpoint(old.geom) else st_endpoint(old.geom) end);
    end if;
    new.start_node_id := ends[1];
    new.end_node_id := ends[2];
    return new;
end $$;
