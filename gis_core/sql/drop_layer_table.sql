-- Remove a table made at run time that no layer of the catalogue names any more; its history stays. For the worker.
create or replace function arpent.drop_layer_table(name text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if name !~ '^layer_[a-z][a-z0-9_]{0,50}$' then
        raise exception using errcode = '22023', message = 'refused table name';
    end if;
    if exists (select from public.catalogue_layer l where l."table" = name) then
        raise exception using errcode = '2BP01', message = 'a layer still lies in this table';
    end if;
    if to_regclass(format('public.%I', name)) is not null then
        perform arpent.open_event('drop', format('public.%I', name)::regclass);
        execute format('drop table public.%I', name);
    end if;
end $$;
revoke execute on function arpent.drop_layer_table from public;
grant execute on function arpent.drop_layer_table to arpent_worker;
