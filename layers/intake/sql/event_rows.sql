-- The rows that an event of the history changed or removed, as they were, for taking an import back. For the worker.
create or replace function arpent.event_rows(event bigint)
returns table (pk_value bigint, operation text, version int, old jsonb, old_geom public.geometry, geom_changed boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
    select h.pk_value, h.operation, h.version, h.old, h.old_geom, h.geom_changed
    from public.gis_core_rowhistory h where h.event_id = event
$$;
revoke execute on function arpent.event_rows from public;
grant execute on function arpent.event_rows to arpent_worker;
