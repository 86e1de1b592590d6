-- Trigger before a service connection is made or moved: it hangs on the nearest pipe in service, within 60 m. One whose
-- pipe is taken away hangs on none: nobody knows better than its people where it belongs.
create or replace function arpent.attach_connection() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
begin
    if tg_op = 'UPDATE' and new.geom is not distinct from old.geom
        and (new.pipe_id is not null or old.pipe_id is not null) then
        return new;
    end if;
    if tg_op = 'INSERT' and new.pipe_id is not null then
        return new;
    end if;
    execute format('select p.id from %I p where p.geom && st_expand($1, 60) and p.owner_id + 0 = $2 and p.service_state = ''en_service''
        and st_dwithin(p.geom, $1, 60) order by st_distance(p.geom, $1), p.id limit 1', tg_argv[0] || '_pipe')
        into new.pipe_id using new.geom, new.owner_id;
    return new;
end $$;
