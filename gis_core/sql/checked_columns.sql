-- The typed columns of a table made at run time, as SQL that begins with a comma. Refuses every other type and name.
-- columns: [{"name": "...", "type": "text|bigint|double precision|boolean|date|timestamptz"}]
create or replace function arpent.checked_columns(columns jsonb) returns text
language plpgsql immutable set search_path = pg_catalog as $$
declare
    spec jsonb;
    definition text := '';
begin
    for spec in select * from jsonb_array_elements(columns) loop
        if coalesce(spec ->> 'type', '') not in ('text', 'bigint', 'double precision', 'boolean', 'date', 'timestamptz')
            or coalesce(spec ->> 'name', '') !~ '^[a-z][a-z0-9_]{0,62}$' then
            raise exception using errcode = '22023', message = 'refused column';
        end if;
        definition := definition || format(', %I %s', spec ->> 'name', spec ->> 'type');
    end loop;
    return definition;
end $$;
