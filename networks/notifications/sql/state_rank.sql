-- How much a state of a message tells: what tells more stays, in whichever order answers and reports come.
create or replace function arpent.state_rank(state text) returns int
language sql immutable parallel safe set search_path = pg_catalog as $$
    select array_position('{waiting,handing,unknown,handed,failed,delivered}'::text[], state)
$$;
