-- Trigger before a node is removed: between two pipes that are alike it merges them (the one with a reference, else the
-- longer one, keeps its id and its direction); at the end of a pipe, or where more meet, it stays.
create or replace function arpent.merge_pipes() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    family text := tg_argv[0];
    former text := coalesce(current_setting('arpent.leaving', true), '');
    pipes bigint[];
    kept record;
    gone record;
    merged geometry;
begin
    perform pg_advisory_xact_lock(hashtextextended('arpent topology ' || family, old.owner_id));
    execute format('select array_agg(p.id order by p.reference is null, st_length(p.geom) desc, p.id) from %I p
        where p.start_node_id = $1 or p.end_node_id = $1', family || '_pipe') into pipes using old.id;
    if pipes is null then
        return old;
    elsif cardinality(pipes) = 1 then
        perform arpent.refuse_topology('end_of_pipe', old.id, pipes[1], old.geom);
    elsif cardinality(pipes) > 2 then
        perform arpent.refuse_topology('crossing', old.id, pipes[1], old.geom);
    end if;
    execute format('select * from %I where id = $1', family || '_pipe') into kept using pipes[1];
    execute format('select * from %I where id = $1', family || '_pipe') into gone using pipes[2];
    if (kept.material, kept.diameter_mm, kept.service_state, kept.function, kept.content, to_jsonb(kept) ->> 'system')
        is distinct from (gone.material, gone.diameter_mm, gone.service_state, gone.function, gone.content, to_jsonb(gone) ->> 'system') then
        perform arpent.refuse_topology('pipes_differ', old.id, gone.id, old.geom);
    end if;
    perform set_config('arpent.leaving', old.id::text, true);
    if kept.end_node_id = old.id then
        merged := st_makeline(kept.geom, case when gone.start_node_id = old.id then gone.geom else st_reverse(gone.geom) end);
    else
        merged := st_makeline(case when gone.end_node_id = old.id then gone.geom else st_reverse(gone.geom) end, kept.geom);
    end if;
    execute format('update %I set geom = $2, start_z = $3, end_z = $4, declared_length_m = null where id = $1', family || '_pipe')
        using kept.id, merged,
            case when kept.start_node_id <> old.id then kept.start_z when gone.end_node_id = old.id then gone.start_z else gone.end_z end,
            case when kept.end_node_id <> old.id then kept.end_z when gone.start_node_id = old.id then gone.end_z else gone.start_z end;
    execute format('update %I set pipe_id = $2 where pipe_id = $1', family || '_connection') using gone.id, kept.id;
    execute format('delete from %I where id = $1', family || '_pipe') using gone.id;
    perform set_config('arpent.leaving', former, true);
    return old;
end $$;
