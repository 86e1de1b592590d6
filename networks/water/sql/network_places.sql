-- What nodes of one owner do to the water (networks.water.services.graph.State), and where they are; as the asker sees them.
create or replace function arpent.network_places(family text, owner bigint, sources text[], valves boolean, ids bigint[])
returns table (id bigint, state bigint, x float8, y float8)
language plpgsql stable set search_path = pg_catalog, public set enable_seqscan = off set jit = off as $$
begin
    return query execute format('
        select n.id, (%2$s)::bigint, st_x(n.geom), st_y(n.geom) from %1$I n where n.id = any($3) and n.owner_id = $1',
        family || '_node', arpent.network_state(valves)) using owner, sources, ids;
end $$;
