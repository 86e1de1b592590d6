-- Communes whose personal rows the asker may see.
create or replace function arpent.insee() returns text[]
language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
    return arpent.asked('insee')::text[];
end $$;
