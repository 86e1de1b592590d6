-- Trigger before a pipe is made or moved: its ends are put on nodes, made where there are none; nodes under it cut it, the
-- rest becoming pipes of their own. tg_argv: the family of tables ('water': water_node, water_pipe, water_connection).
create or replace function arpent.connect_pipe() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    tolerance constant float8 := 0.05;
    family text := tg_argv[0];
    former text := coalesce(current_setting('arpent.connecting', true), '');
    leaving bigint := coalesce(nullif(current_setting('arpent.leaving', true), '')::bigint, 0);
    other bigint;
    under record;
    rest geometry;
    level float8;
    rest_id bigint;
    left_behind bigint[] := '{}';
begin
    if tg_op = 'UPDATE' and new.geom is not distinct from old.geom and new.owner_id = old.owner_id then
        new.start_node_id := old.start_node_id;
        new.end_node_id := old.end_node_id;
        return new;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('arpent topology ' || family, new.owner_id));
    if st_length(new.geom) < tolerance then
        perform arpent.refuse_topology('zero_length', new.id, null, new.geom);
    end if;
    if st_dwithin(st_startpoint(new.geom), st_endpoint(new.geom), tolerance) then
        perform arpent.refuse_topology('closed_loop', new.id, null, st_startpoint(new.geom));
    end if;
    perform set_config('arpent.connecting', new.id::text, true);
    select n.id, st_setpoint(new.geom, 0, n.geom) into new.start_node_id, new.geom
        from arpent.node_under_end(family, new.owner_id, st_startpoint(new.geom), new.id, to_jsonb(new) - 'geom' - 'geom_3857') n;
    select n.id, st_setpoint(new.geom, -1, n.geom) into new.end_node_id, new.geom
        from arpent.node_under_end(family, new.owner_id, st_endpoint(new.geom), new.id, to_jsonb(new) - 'geom' - 'geom_3857') n;
    -- A plain end that it leaves, and that no other pipe needs, goes: it cuts nothing.
    if tg_op = 'UPDATE' then
        execute format('select coalesce(array_agg(n.id), ''{}'') from %1$I n where n.id in ($1, $2) and n.kind = ''junction''
            and n.reference is null and not exists (select from %2$I p where p.start_node_id = n.id and p.id <> $3)
            and not exists (select from %2$I p where p.end_node_id = n.id and p.id <> $3)', family || '_node', family || '_pipe')
            into left_behind using old.start_node_id, old.end_node_id, new.id;
    end if;
    -- The first node under it cuts it; the rest, made a pipe, is cut by the next one in its turn.
    execute format('select n.id, n.geom, st_linelocatepoint($1, n.geom) as at from %I n
        where n.geom && st_expand($1, $2) and n.owner_id + 0 = $3 and n.id <> all ($4) and st_dwithin(n.geom, $1, $2)
        order by at, n.id limit 1', family || '_node')
        into under using new.geom, tolerance, new.owner_id, array[new.start_node_id, new.end_node_id, leaving] || left_behind;
    if under.at <= 0 or under.at >= 1 then
        perform arpent.refuse_topology('zero_length', new.id, null, under.geom);
    end if;
    if under.id is not null then
        rest := st_setpoint(st_linesubstring(new.geom, under.at, 1), 0, under.geom);
        level := new.start_z + (new.end_z - new.start_z) * under.at;
        -- Its connections go along before it is there, so that they follow where it is cut again.
        rest_id := nextval(pg_get_serial_sequence(format('public.%I', family || '_pipe'), 'id'));
        execute format('update %I set pipe_id = $2 where pipe_id = $1 and st_linelocatepoint($3, geom) > $4', family || '_connection')
            using new.id, rest_id, new.geom, under.at;
        execute format('insert into %1$I (id, %2$s, geom, start_z, end_z) select $5, %2$s, $2, $3, $4
            from jsonb_populate_record(null::%1$I, $1)', family || '_pipe', arpent.copied_columns((family || '_pipe')::regclass))
            using to_jsonb(new) - 'geom' - 'geom_3857', rest, level, new.end_z, rest_id;
        new.geom := st_setpoint(st_linesubstring(new.geom, 0, under.at), -1, under.geom);
        new.end_node_id := under.id;
        new.end_z := level;
        new.declared_length_m := null;
    end if;
    -- The pipe that this is the rest of is still told as it was before it was moved: it looks for its likes itself.
    execute format('select p.id from %I p where p.owner_id + 0 = $1 and p.id <> $2 and p.id <> $7
        and (p.start_node_id, p.end_node_id) in (($3, $4), ($4, $3)) and st_hausdorffdistance(p.geom, $5) <= $6 limit 1',
        family || '_pipe') into other using new.owner_id, new.id, new.start_node_id, new.end_node_id, new.geom, tolerance,
            coalesce(nullif(former, '')::bigint, 0);
    if other is not null then
        perform arpent.refuse_topology('duplicate_pipe', new.id, other, new.geom);
    end if;
    perform set_config('arpent.connecting', former, true);
    return new;
end $$;
