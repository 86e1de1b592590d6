-- The node on which an end of a pipe lies (id, geom); where there is none a plain junction is made, on a pipe beside it
-- if there is one, which it splits.
create or replace function arpent.node_under_end(family text, owner bigint, place public.geometry, pipe bigint, like_pipe jsonb)
returns table (id bigint, geom public.geometry)
language plpgsql set search_path = pg_catalog, public as $$
declare
    tolerance constant float8 := 0.05;
    found_id bigint;
    found_geom geometry;
    beside geometry;
begin
    execute format('select n.id, n.geom from %I n where n.geom && st_expand($1, $3) and n.owner_id + 0 = $2
        and st_dwithin(n.geom, $1, $3) order by st_distance(n.geom, $1), n.id limit 1', family || '_node')
        into found_id, found_geom using place, owner, tolerance;
    if found_id is null then
        execute format('select st_closestpoint(p.geom, $1) from %I p where p.geom && st_expand($1, $3) and p.owner_id + 0 = $2
            and p.id <> $4 and st_dwithin(p.geom, $1, $3) order by st_distance(p.geom, $1), p.id limit 1', family || '_pipe')
            into beside using place, owner, tolerance, pipe;
        execute format('insert into %I (owner_id, shared_with, kind, service_state%s, geom)
            values ($1, coalesce((select array_agg(one::int) from jsonb_array_elements_text($2 -> ''shared_with'') one), ''{}''),
                ''junction'', ''en_service''%s, $3) returning id, geom', family || '_node',
            case when family = 'sewer' then ', system' else '' end,
            case when family = 'sewer' then ', $2 ->> ''system''' else '' end)
            into found_id, found_geom using owner, like_pipe, coalesce(beside, place);
    end if;
    return query select found_id, found_geom;
end $$;
