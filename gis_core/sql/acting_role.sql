-- The database role that acts: the one that connected, or the one that it took (SECURITY DEFINER does not change it).
create or replace function arpent.acting_role() returns text
language sql stable parallel safe set search_path = pg_catalog as $$
    select case current_setting('role') when 'none' then session_user::text else current_setting('role') end
$$;
