-- Communes that a town hall user works for.
create or replace function arpent.town_insee() returns text[]
language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
    return arpent.asked('town_insee')::text[];
end $$;
