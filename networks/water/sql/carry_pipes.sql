-- Trigger after a node was made or moved: it carries the ends of its pipes along, and splits the pipes that it now lies on.
create or replace function arpent.carry_pipes() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    tolerance constant float8 := 0.05;
    family text := tg_argv[0];
    connecting bigint := coalesce(nullif(current_setting('arpent.connecting', true), '')::bigint, 0);
    pipe bigint;
begin
    if tg_op = 'UPDATE' and new.geom is not distinct from old.geom then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        execute format('update %I set geom = case when start_node_id = $1 then st_setpoint(geom, 0, $2) else st_setpoint(geom, -1, $2) end
            where start_node_id = $1 or end_node_id = $1', family || '_pipe') using new.id, new.geom;
    end if;
    for pipe in execute format('select p.id from %I p where p.geom && st_expand($1, $2) and p.owner_id + 0 = $3
        and st_dwithin(p.geom, $1, $2) and $4 not in (p.start_node_id, p.end_node_id) and p.id <> $5 order by p.id + 0',
        family || '_pipe') using new.geom, tolerance, new.owner_id, new.id, connecting loop
        perform arpent.split_pipe(family, pipe, new.id);
    end loop;
    perform arpent.announce_network(family);
    return null;
end $$;
