-- Members whose private rows the asker may change.
create or replace function arpent.writers() returns int[]
language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
    return arpent.asked('writers')::int[];
end $$;
