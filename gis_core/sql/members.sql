-- Members whose private rows the asker sees whole.
create or replace function arpent.members() returns int[]
language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
    return arpent.asked('members')::int[];
end $$;
