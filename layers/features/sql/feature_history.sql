-- What happened to one object of a layer, newest first, from before a place in the history on: each change with the row
-- before it and after it (`now` is the row as it is, null when it is gone), and where it lay afterwards if that changed.
create or replace function arpent.feature_history(layer_id bigint, pk bigint, now jsonb, now_geom public.geometry, before bigint, most int)
returns table (id bigint, operation text, version int, at timestamptz, by_user int, by_role text, kind text, detail jsonb,
    former jsonb, latter jsonb, moved boolean, geom public.geometry)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    if not arpent.history_of_layer(layer_id) then
        return;
    end if;
    return query
    with found as materialized (
        select h.id, h.operation, h.version, e.at, e.by_user, e.by_role, e.kind, e.detail, h.old, h.old_geom, h.geom_changed
        from public.gis_core_rowhistory h join public.gis_core_historyevent e on e.id = h.event_id
        where h.pk_value = pk and e.layer = layer_id),
    told as (
        select f.*, case when f.operation = 'DELETE' then null else coalesce(
            (select n.old from found n where n.id > f.id and n.old is not null order by n.id limit 1), now) end as latter
        from found f)
    select f.id, f.operation::text, case f.operation when 'INSERT' then f.version else f.version + 1 end, f.at, f.by_user,
        f.by_role::text, f.kind::text, f.detail, f.old,
        f.latter, f.geom_changed,
        case when f.operation = 'DELETE' then f.old_geom when f.geom_changed then coalesce(
            (select n.old_geom from found n where n.id > f.id and n.operation <> 'INSERT' and n.geom_changed order by n.id limit 1),
            now_geom) end
    from told f
    where f.id < before and arpent.history_of_row(coalesce(f.old, f.latter))
    order by f.id desc limit most;
end $$;
