-- A value as the security journal tells it: short, and nothing of a secret.
create or replace function arpent.reported(name text, value jsonb) returns jsonb
language sql immutable set search_path = pg_catalog as $$
    select case when name ~ '(password|digest|secret)$' then to_jsonb('…'::text)
        when length(value::text) > 300 then to_jsonb(left(value::text, 300) || '…') else value end
$$;
-- A whole row, in the same way.
create or replace function arpent.reported_row(given jsonb) returns jsonb
language sql immutable set search_path = pg_catalog as $$
    select jsonb_object_agg(key, arpent.reported(key, value)) from jsonb_each(given) where value not in ('null', '""', '[]', '{}')
$$;
