-- Whether the topology's triggers leave rows alone: those who load a network (the worker, the owner of the tables) make it
-- themselves and check it after.
create or replace function arpent.topology_rests() returns boolean
language sql stable set search_path = pg_catalog as $$
    select current_setting('arpent.topology', true) = 'off' and arpent.acting_role() in ('arpent_worker', 'arpent_owner');
$$;
