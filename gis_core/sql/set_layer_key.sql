-- Make a column the unique reference of a layer's table in place of a former one; null for none. For the worker.
-- It is unique for each owner, so that it tells nothing of another's rows.
create or replace function arpent.set_layer_key(name text, key_column text) returns void
language plpgsql security definer set search_path = pg_catalog, public set maintenance_work_mem = '128MB' as $$
declare
    index_name text := left(name, 50) || '_reference';
begin
    if name !~ '^layer_[a-z][a-z0-9_]{0,50}$' or key_column !~ '^[a-z][a-z0-9_]{0,62}$' then
        raise exception using errcode = '22023', message = 'refused table name or column';
    end if;
    execute format('drop index if exists public.%I', index_name);
    execute format('drop index if exists public.%I, public.%I', left(name, 46) || '_ref_searched', left(name, 46) || '_ref_shared');
    if key_column is not null then
        execute format('create unique index %I on public.%I (owner_id, %I) nulls not distinct where %3$I is not null',
            index_name, name, key_column);
        perform arpent.index_reference(format('public.%I', name)::regclass, l.rows, set_layer_key.key_column)
            from public.catalogue_layer l where l."table" = set_layer_key.name;
    end if;
end $$;
revoke execute on function arpent.set_layer_key from public;
grant execute on function arpent.set_layer_key to arpent_worker;
