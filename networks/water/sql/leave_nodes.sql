-- Trigger after a pipe was moved or removed: plain junctions that no pipe needs any more go, connections of a removed pipe
-- hang on none.
create or replace function arpent.leave_nodes() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    family text := tg_argv[0];
    leaving bigint := coalesce(nullif(current_setting('arpent.leaving', true), '')::bigint, 0);
begin
    if tg_op = 'DELETE' then
        execute format('update %I set pipe_id = null where pipe_id = $1', family || '_connection') using old.id;
    elsif new.start_node_id = old.start_node_id and new.end_node_id = old.end_node_id then
        return null;
    end if;
    execute format('delete from %1$I n where n.id in ($1, $2) and n.id <> $3 and n.kind = ''junction'' and n.reference is null
        and not exists (select from %2$I p where p.start_node_id = n.id) and not exists (select from %2$I p where p.end_node_id = n.id)',
        family || '_node', family || '_pipe') using old.start_node_id, old.end_node_id, leaving;
    perform arpent.announce_network(family);
    return null;
end $$;
