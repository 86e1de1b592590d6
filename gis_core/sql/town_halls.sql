-- Members of whose private rows the asker sees only those of their own communes.
create or replace function arpent.town_halls() returns int[]
language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
    return arpent.asked('town_halls')::int[];
end $$;
