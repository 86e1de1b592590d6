-- Trigger: keep the row as it was, geometry apart (to_jsonb on a geometry would build GeoJSON). tg_argv: geometry columns.
create or replace function arpent.record_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    event bigint := arpent.current_event(lower(tg_op), tg_relid);
    former public.geometry;
begin
    if tg_op = 'INSERT' then
        insert into public.gis_core_rowhistory (event_id, pk_value, operation, version) values (event, new.id, tg_op, new.version);
        return null;
    end if;
    if 'geom' = any (tg_argv) then
        former := old.geom;
        old.geom := null;
    end if;
    if 'geom_3857' = any (tg_argv) then
        old.geom_3857 := null;
    end if;
    insert into public.gis_core_rowhistory (event_id, pk_value, operation, version, old, old_geom)
    values (event, old.id, tg_op, old.version, to_jsonb(old) - 'geom' - 'geom_3857', former);
    return null;
end $$;
