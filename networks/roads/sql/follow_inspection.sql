-- Trigger after an inspection was recorded, changed or removed: the last one of its asset gives it its condition, its day and
-- when the next one is due.
create or replace function arpent.follow_inspection() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    seen public.road_inspection := case when tg_op = 'DELETE' then old else new end;
    last public.road_inspection;
begin
    select * into last from public.road_inspection i where i.of = seen.of and i.asset_id = seen.asset_id
        order by i.done_date desc, i.id desc limit 1;
    if seen.of = 'point' then
        update public.road_asset set state = coalesce(last.mark, state), inspected_date = last.done_date, due_date = last.due_date
            where id = seen.asset_id and owner_id = seen.owner_id;
    else
        update public.road_stretch set state = coalesce(last.mark, state), inspected_date = last.done_date, due_date = last.due_date
            where id = seen.asset_id and owner_id = seen.owner_id;
    end if;
    update public.catalogue_layer set extent_4326 = null
        where slug = case when seen.of = 'point' then 'road-assets' else 'road-stretches' end;
    return null;
end $$;
