-- Objects of a layer that were deleted, the latest first, from before a place in the history on.
create or replace function arpent.deleted_features(layer_id bigint, before bigint, most int)
returns table (id bigint, pk bigint, version int, at timestamptz, by_user int, by_role text, former jsonb, geom public.geometry)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    if not arpent.history_of_layer(layer_id) then
        return;
    end if;
    return query
    select h.id, h.pk_value, h.version, e.at, e.by_user, e.by_role::text, h.old, h.old_geom
    from (select ev.* from public.gis_core_historyevent ev where ev.layer = layer_id order by ev.id desc) e
    cross join lateral (
        select r.id, r.pk_value, r.version, r.old, r.old_geom from public.gis_core_rowhistory r
        where r.event_id = e.id and r.id < before and r.operation = 'DELETE' and arpent.history_of_row(r.old)
        order by r.id desc limit most) h
    order by e.id desc, h.id desc limit most;
end $$;
