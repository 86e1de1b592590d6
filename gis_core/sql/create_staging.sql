-- An unlogged table that only the worker reads and writes: where rows wait before they go into a layer's table.
-- geometry_type: null for none, 'Geometry' for any.
create or replace function arpent.create_staging(name text, columns jsonb, geometry_type text default null)
returns regclass language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    definition text := substr(arpent.checked_columns(columns), 3);
begin
    if name !~ '^[a-z][a-z0-9_]{0,60}$' or geometry_type !~ '^(Geometry|(Multi)?(Point|LineString|Polygon))$' then
        raise exception using errcode = '22023', message = 'refused table name or geometry type';
    end if;
    if geometry_type is not null then
        definition := concat_ws(', ', nullif(definition, ''), format('geom public.geometry(%s, 2154)', geometry_type));
    end if;
    execute format('create unlogged table arpent_staging.%I (%s)', name, definition);
    execute format('grant select, insert, update, delete, truncate, maintain on arpent_staging.%I to arpent_worker', name);
    return format('arpent_staging.%I', name)::regclass;
end $$;
revoke execute on function arpent.create_staging from public;
grant execute on function arpent.create_staging to arpent_worker;
