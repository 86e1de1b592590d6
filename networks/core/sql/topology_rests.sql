-- Whether the topology's triggers leave rows alone: the worker's loaders make a network themselves and check it after.
create or replace function arpent.topology_rests() returns boolean
language sql stable set search_path = pg_catalog as $$
    select current_setting('arpent.topology', true) = 'off' and arpent.acting_role() = 'arpent_worker';
$$;
