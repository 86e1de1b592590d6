-- Whether the asker's API token opens a layer: it may be made for some layers alone (arpent.layers); a session is not.
create or replace function arpent.opens_layer(layer bigint) returns boolean
language plpgsql stable parallel safe set search_path = pg_catalog as $$
declare
    scope bigint[] := coalesce(nullif(current_setting('arpent.layers', true), ''), '{}')::bigint[];
begin
    return scope = '{}' or layer = any (scope);
end $$;
