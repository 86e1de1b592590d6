-- The second half of create_layer_table, after the rows: indexes, then grants, policies, version, history, rules. Safe to
-- repeat.
-- scope: 'layer' (whoever sees the layer sees its rows) or 'owner' (rows of members). A key is unique for each owner, so
-- that it tells nothing of another's rows.
create or replace function arpent.secure_layer_table(name text, scope text, layer_id bigint, key_column text default null)
returns regclass language plpgsql security definer set search_path = pg_catalog, public set maintenance_work_mem = '128MB' as $$
declare
    made regclass := format('public.%I', name)::regclass;
    highest bigint;
begin
    if name !~ '^layer_[a-z][a-z0-9_]{0,50}$' or scope not in ('layer', 'owner') then
        raise exception using errcode = '22023', message = 'refused table name or scope';
    end if;
    if not exists (select from pg_constraint where conrelid = made and contype = 'p') then
        execute format('alter table %s add primary key (id)', made);
        execute format('create index on %s using gist (geom)', made);
        execute format('create index on %s using gist (geom_3857)', made);
        execute format('select max(id) from %s', made) into highest;
        if highest is not null then
            perform setval(pg_get_serial_sequence(made::text, 'id'), highest);
        end if;
    end if;
    if key_column is not null then
        execute format('create unique index if not exists %I on %s (owner_id, %I) nulls not distinct where %3$I is not null',
            left(name, 50) || '_reference', made, key_column);
    end if;
    if key_column is not null then
        perform arpent.index_reference(made, scope, key_column);
    end if;
    perform arpent.number_layer_table(made);
    perform arpent.secure_table(made, scope, true, layer_id);
    perform arpent.apply_layer_rules(layer_id);
    execute format('grant maintain on %s to arpent_worker', made);
    execute format('analyze %s', made);
    return made;
end $$;
revoke execute on function arpent.secure_layer_table from public;
grant execute on function arpent.secure_layer_table to arpent_worker;
