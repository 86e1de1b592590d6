-- Trigger before a node is made or moved: no other node may be there; beside a pipe, it is put on it.
create or replace function arpent.place_node() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    tolerance constant float8 := 0.05;
    family text := tg_argv[0];
    other bigint;
    beside geometry;
begin
    if tg_op = 'UPDATE' and new.geom is not distinct from old.geom and new.owner_id = old.owner_id then
        return new;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('arpent topology ' || family, new.owner_id));
    execute format('select n.id from %I n where n.geom && st_expand($1, $2) and n.owner_id + 0 = $3 and n.id <> $4
        and st_dwithin(n.geom, $1, $2) limit 1', family || '_node') into other using new.geom, tolerance, new.owner_id, new.id;
    if other is not null then
        perform arpent.refuse_topology('duplicate_node', new.id, other, new.geom);
    end if;
    execute format('select st_closestpoint(p.geom, $1) from %I p where p.geom && st_expand($1, $2) and p.owner_id + 0 = $3
        and st_dwithin(p.geom, $1, $2) and $4 not in (p.start_node_id, p.end_node_id)
        order by st_distance(p.geom, $1), p.id limit 1', family || '_pipe')
        into beside using new.geom, tolerance, new.owner_id, new.id;
    new.geom := coalesce(beside, new.geom);
    return new;
end $$;
