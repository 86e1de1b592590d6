-- Cut a pipe at a node that lies on it: the longer piece keeps its id, the other one takes over its values; connections
-- follow the piece that they hang on. Called by carry_pipes (a node put on a pipe), by imports and by repairs of anomalies.
create or replace function arpent.split_pipe(family text, pipe bigint, node bigint) returns bigint
language plpgsql set search_path = pg_catalog, public as $$
declare
    place float8;
    point geometry;
    whole geometry;
    first geometry;
    second geometry;
    level float8;
    from_z float8;
    to_z float8;
    made bigint;
begin
    execute format('select p.geom, n.geom, st_linelocatepoint(p.geom, n.geom), p.start_z, p.end_z from %I p, %I n
        where p.id = $1 and n.id = $2', family || '_pipe', family || '_node')
        into whole, point, place, from_z, to_z using pipe, node;
    if place <= 0 or place >= 1 then
        perform arpent.refuse_topology('zero_length', pipe, null, point);
    end if;
    first := st_setpoint(st_linesubstring(whole, 0, place), -1, point);
    second := st_setpoint(st_linesubstring(whole, place, 1), 0, point);
    level := from_z + (to_z - from_z) * place;
    -- The new piece is made first: its end is never left without a pipe.
    execute format('insert into %1$I (%2$s, geom, start_z, end_z) select %2$s, $2, $3, $4 from %1$I where id = $1 returning id',
        family || '_pipe', arpent.copied_columns((family || '_pipe')::regclass))
        into made using pipe, case when place >= 0.5 then second else first end,
            case when place >= 0.5 then level else from_z end, case when place >= 0.5 then to_z else level end;
    execute format('update %I set geom = $2, start_z = $3, end_z = $4, declared_length_m = null where id = $1', family || '_pipe')
        using pipe, case when place >= 0.5 then first else second end,
            case when place >= 0.5 then from_z else level end, case when place >= 0.5 then level else to_z end;
    execute format('update %I set pipe_id = $2 where pipe_id = $1 and (st_linelocatepoint($3, geom) > $4) = $5',
        family || '_connection') using pipe, made, whole, place, place >= 0.5;
    return made;
end $$;
