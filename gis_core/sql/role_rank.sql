-- Who may give which role: nobody gives one above their own (the order of gis_core.members.rights.Role).
create or replace function arpent.role_rank(role text) returns int
language sql immutable parallel safe set search_path = pg_catalog as $$
    select array_position('{reader,town_hall,permit_instructor,network_technician,gis_administrator,agency_administrator}'::text[], role) - 1
$$;
