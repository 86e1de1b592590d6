-- When the topology's triggers look at a row, for `create trigger … when (…)`: always, but for those who load a network
-- (the worker, the owner of the tables: arpent.acting_role()), who make it themselves and check it after. A condition of
-- the trigger costs a fiftieth of a function that is called to find out the same.
create or replace function arpent.topology_works() returns text
language sql immutable set search_path = pg_catalog as $$
    select 'pg_catalog.current_setting(''arpent.topology'', true) is distinct from ''off''
        or case pg_catalog.current_setting(''role'') when ''none'' then session_user::text
            else pg_catalog.current_setting(''role'') end <> all (array[''arpent_worker'', ''arpent_owner''])'
$$;
