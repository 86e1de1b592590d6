-- Trigger: keep the row as it was, geometry apart (to_jsonb on a geometry would build GeoJSON). tg_argv names those of the
-- columns version, geom, geom_3857 that the table has; a row without a version is recorded under 0.
create or replace function arpent.record_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    event bigint := arpent.current_event(lower(tg_op), tg_relid);
    number int := 0;
    former public.geometry;
begin
    if tg_op = 'INSERT' then
        if 'version' = any (tg_argv) then
            number := new.version;
        end if;
        insert into public.gis_core_rowhistory (event_id, pk_value, operation, version) values (event, new.id, tg_op, number);
        return null;
    end if;
    if 'version' = any (tg_argv) then
        number := old.version;
    end if;
    if 'geom' = any (tg_argv) then
        former := old.geom;
        old.geom := null;
    end if;
    if 'geom_3857' = any (tg_argv) then
        old.geom_3857 := null;
    end if;
    insert into public.gis_core_rowhistory (event_id, pk_value, operation, version, old, old_geom)
    values (event, old.id, tg_op, number, to_jsonb(old) - 'geom' - 'geom_3857', former);
    return null;
end $$;
