-- What was done to a layer, the latest first: edits, imports, raw SQL.
create or replace function arpent.layer_events(layer_id bigint, before bigint, most int)
returns table (id bigint, kind text, at timestamptz, by_user int, by_role text, touched bigint, detail jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    if not arpent.history_of_layer(layer_id) then
        return;
    end if;
    return query
    select e.id, e.kind::text, e.at, e.by_user, e.by_role::text, e.rows, e.detail
    from public.gis_core_historyevent e
    where e.layer = layer_id and e.id < before
        and (arpent.is_agency() or exists (select from public.catalogue_layer l where l.id = layer_id and l.owner_id is not null))
    order by e.id desc limit most;
end $$;
