-- The asker's user id, 0 for an anonymous one.
create or replace function arpent.user_id() returns int
language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
    return arpent.asked('user_id')::int;
end $$;
