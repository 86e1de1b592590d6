-- The nodes in service that supply the network of one owner, and where they are; as the asker sees them.
create or replace function arpent.network_sources(family text, owner bigint, sources text[])
returns table (id bigint, x float8, y float8)
language plpgsql stable set search_path = pg_catalog, public as $$
begin
    return query execute format('
        select n.id, st_x(n.geom), st_y(n.geom) from %1$I n
        where n.owner_id = $1 and n.kind = any($2) and n.service_state = ''en_service''', family || '_node')
        using owner, sources;
end $$;
