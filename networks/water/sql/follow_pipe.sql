-- Trigger after a pipe was moved, split, merged or removed: its repairs go to the piece on which they lie (within 10 m);
-- those of a pipe that is gone keep what it was made of. tg_argv: the network ('water' or 'sewer').
create or replace function arpent.follow_pipe() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    reach constant float8 := 10;
    merging boolean := coalesce(nullif(current_setting('arpent.leaving', true), ''), '0') <> '0';
begin
    if tg_op = 'UPDATE' and new.geom is not distinct from old.geom then
        return null;
    end if;
    if tg_op = 'UPDATE' or merging then
        -- The boxes first: under row policies no index is asked with what a function makes of a row.
        execute format('with here as materialized (
                select s.id, s.owner_id, s.geom, st_expand(s.geom, $3) as box from water_repair s
                where s.pipe_id = $1 and s.network = $2)
            update water_repair r set pipe_id = near.id from here,
                lateral (select p.id from %I p where p.geom && here.box and p.owner_id + 0 = here.owner_id
                    and st_dwithin(p.geom, here.geom, $3) order by st_distance(p.geom, here.geom), p.id limit 1) near
            where r.id = here.id and near.id <> $1', tg_argv[0] || '_pipe')
            using old.id, tg_argv[0], reach;
    end if;
    if tg_op = 'DELETE' then
        update water_repair set pipe_id = null where pipe_id = old.id and network = tg_argv[0];
    end if;
    return null;
end $$;
