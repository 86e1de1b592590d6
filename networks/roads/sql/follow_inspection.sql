-- Trigger after an inspection was recorded, struck out, changed or removed: the last one of its asset that stands gives it its
-- condition, its day and when the next one is due. Where the last one that stood was struck out, the asset has again the
-- condition that it had before the first of those that stood since none did: unless somebody changed it since, or it is not
-- known (inspections of before it was kept). The asset is held first, so that of two at once the later one sees the other.
create or replace function arpent.follow_inspection() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    seen public.road_inspection := case when tg_op = 'DELETE' then old else new end;
    last public.road_inspection;
    condition text;
begin
    if seen.of = 'point' then
        select a.state into condition from public.road_asset a where a.id = seen.asset_id and a.owner_id = seen.owner_id for no key update;
    else
        select t.state into condition from public.road_stretch t where t.id = seen.asset_id and t.owner_id = seen.owner_id for no key update;
    end if;
    select * into last from public.road_inspection i where i.of = seen.of and i.asset_id = seen.asset_id and i.struck_at is null
        order by i.done_date desc, i.id desc limit 1;
    if last.id is not null then
        condition := last.mark;
    elsif tg_op = 'UPDATE' and condition = seen.mark then
        select case when i.state_before is null then condition else nullif(i.state_before, '') end into condition
            from public.road_inspection i where i.of = seen.of and i.asset_id = seen.asset_id
                and not exists (select from public.road_inspection o where o.of = i.of and o.asset_id = i.asset_id
                    and o.id < i.id and o.struck_at > i.recorded_at)
            order by i.id desc limit 1;
    end if;
    if seen.of = 'point' then
        update public.road_asset set state = condition, inspected_date = last.done_date, due_date = last.due_date
            where id = seen.asset_id and owner_id = seen.owner_id;
    else
        update public.road_stretch set state = condition, inspected_date = last.done_date, due_date = last.due_date
            where id = seen.asset_id and owner_id = seen.owner_id;
    end if;
    update public.catalogue_layer set extent_4326 = null
        where slug = case when seen.of = 'point' then 'road-assets' else 'road-stretches' end;
    return null;
end $$;
