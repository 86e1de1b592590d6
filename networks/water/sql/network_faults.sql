-- Right after a load nobody has counted the rows: without enable_seqscan = off each would be compared with each, and
-- so it would through an index of owners: `owner_id + 0` leaves those of places and of ends. `offset 0` keeps each row
-- that came the outer one: where the table was counted while it was empty, all of it would be gone through for each.
-- What is not a network among the rows that an import brought (its id), also against what was there: the kind of fault,
-- the row of the import, the other one, where. Nothing: each pipe ends exactly on its two nodes, has a length, is no loop and
-- lies on no other; no two nodes are in one place, none lies on a pipe that it does not cut; nothing meets another member's.
create or replace function arpent.network_faults(family text, owner bigint, import bigint)
returns table (kind text, id bigint, other bigint, x float8, y float8)
language plpgsql stable set search_path = pg_catalog, public set enable_seqscan = off set jit = off as $$
declare
    tolerance constant float8 := 0.05;
begin
    return query execute format($sql$
        with pipes as materialized (select p.*, st_startpoint(p.geom) as first, st_endpoint(p.geom) as last
            from %1$I p where p.import_id = $2 and p.owner_id = $1),
        nodes as materialized (select n.* from %2$I n where n.import_id = $2 and n.owner_id = $1)
        select 'zero_length', p.id, null::bigint, st_x(first), st_y(first) from pipes p where st_length(p.geom) < $3
        union all
        select 'closed_loop', p.id, null, st_x(first), st_y(first) from pipes p where p.start_node_id = p.end_node_id
        union all
        select 'off_node', p.id, n.id, st_x(n.geom), st_y(n.geom) from pipes p cross join lateral (
            select n.* from %2$I n where n.id = p.start_node_id offset 0) n where n.owner_id <> $1 or n.geom <> first
        union all
        select 'off_node', p.id, n.id, st_x(n.geom), st_y(n.geom) from pipes p cross join lateral (
            select n.* from %2$I n where n.id = p.end_node_id offset 0) n where n.owner_id <> $1 or n.geom <> last
        union all
        select 'duplicate_pipe', p.id, q.id, st_x(first), st_y(first) from pipes p cross join lateral (
            select q.id from %1$I q where q.start_node_id = any(array[p.start_node_id, p.end_node_id])
            and q.end_node_id + 0 = p.start_node_id + p.end_node_id - q.start_node_id
            and q.owner_id + 0 = $1 and q.id <> p.id and (q.import_id is distinct from $2 or q.id < p.id)
            and st_hausdorffdistance(p.geom, q.geom) <= $3 offset 0) q
        union all
        select 'duplicate_node', n.id, m.id, st_x(n.geom), st_y(n.geom) from nodes n cross join lateral (
            select m.id from %2$I m where m.geom && st_expand(n.geom, $3) and st_dwithin(m.geom, n.geom, $3)
            and m.owner_id + 0 = $1 and m.id <> n.id and (m.import_id is distinct from $2 or m.id < n.id) offset 0) m
        union all
        select 'node_on_pipe', n.id, p.id, st_x(n.geom), st_y(n.geom) from nodes n cross join lateral (
            select p.id from %1$I p where p.geom && st_expand(n.geom, $3) and st_dwithin(p.geom, n.geom, $3)
            and p.owner_id + 0 = $1 and n.id not in (p.start_node_id, p.end_node_id) offset 0) p
        union all
        select 'node_on_pipe', p.id, n.id, st_x(n.geom), st_y(n.geom) from pipes p cross join lateral (
            select n.id, n.geom from %2$I n where n.geom && st_expand(p.geom, $3) and st_dwithin(n.geom, p.geom, $3)
            and n.owner_id + 0 = $1 and n.import_id is distinct from $2
            and n.id not in (p.start_node_id, p.end_node_id) offset 0) n
        $sql$, family || '_pipe', family || '_node') using owner, import, tolerance;
end $$;
