-- The part of one owner's network in squares of some size (EPSG:2154), as the asker sees it: every pipe in service that
-- crosses one (is_pipe, id, its two nodes, its length; more than once if it crosses several), every node at their ends (id, what it does to the water, x, y).
-- States are those of networks.water.services.graph.State. The planner is kept to indexes: it cannot know how few rows
-- lie in a square, and reading a whole table is what must never happen here.
create or replace function arpent.network_squares(
    family text, owner bigint, sources text[], valves boolean, size int, margin int, xs int[], ys int[])
returns table (is_pipe boolean, id bigint, first_id bigint, second_id bigint, x float8, y float8)
language plpgsql stable set search_path = pg_catalog, public
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query execute format('
        with box as materialized (
            select st_makeenvelope(x * $3 - $4, y * $3 - $4, (x + 1) * $3 + $4, (y + 1) * $3 + $4, 2154) as geom
            from unnest($5, $6) as square (x, y)),
        line as materialized (
            select p.id, p.start_node_id, p.end_node_id, st_length(p.geom) as metres
            from box join %1$I p on p.geom && box.geom
            where p.owner_id + 0 = $1 and p.service_state = ''en_service'')
        select true, line.id, start_node_id, end_node_id, metres, 0.0::float8 from line
        union all
        select false, n.id, (%3$s)::bigint, 0::bigint, st_x(n.geom), st_y(n.geom)
        from %2$I n where n.owner_id = $1
            and n.id = any(array(select start_node_id from line union select end_node_id from line))',
        family || '_pipe', family || '_node', arpent.network_state(valves))
        using owner, sources, size, margin, xs, ys;
end $$;
