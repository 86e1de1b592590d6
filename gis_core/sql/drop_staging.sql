-- Remove a staging table; nothing happens where there is none. For the worker.
create or replace function arpent.drop_staging(name text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    execute format('drop table if exists arpent_staging.%I', name);
end $$;
revoke execute on function arpent.drop_staging from public;
grant execute on function arpent.drop_staging to arpent_worker;
