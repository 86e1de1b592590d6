-- One object of a layer as it was at a version: its row and its geometry (`now` is the row as it is, null when it is gone).
create or replace function arpent.feature_version(layer_id bigint, pk bigint, wanted int, now jsonb, now_geom public.geometry)
returns table (state jsonb, geom public.geometry, last_version int)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    if not arpent.history_of_layer(layer_id) then
        return;
    end if;
    return query
    with found as materialized (
        select h.id, h.operation, h.version, h.old, h.old_geom, h.geom_changed
        from public.gis_core_rowhistory h join public.gis_core_historyevent e on e.id = h.event_id
        where h.pk_value = pk and e.layer = layer_id and h.operation <> 'INSERT'),
    kept as (
        select f.old, coalesce((select n.old_geom from found n where n.id >= f.id and n.geom_changed order by n.id limit 1), now_geom) as geom
        from found f where f.version = wanted and arpent.history_of_row(f.old) order by f.id desc limit 1)
    select k.old, k.geom, coalesce((now ->> 'version')::int, (select max(f.version) from found f)) from kept k;
end $$;
