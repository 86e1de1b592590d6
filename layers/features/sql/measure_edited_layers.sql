-- Measure again the extent of the layers edited lately (deletions may have left it too wide); those where it changed get
-- their next version. For the worker, at night.
create or replace function arpent.measure_edited_layers(since timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    layer public.catalogue_layer;
    box public.geometry;
    measured float8[];
    changed int := 0;
begin
    for layer in select l.* from public.catalogue_layer l where l.rows = 'layer' and l."table" like 'layer\_%'
        and exists (select from public.gis_core_historyevent e where e.layer = l.id and e.at >= since) loop
        execute format('select st_setsrid(st_extent(geom)::geometry, 2154) from public.%I', layer."table") into box;
        box := st_transform(box, 4326);
        measured := case when box is null then null else array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)] end;
        if measured is distinct from layer.extent_4326 then
            update public.catalogue_layer set extent_4326 = measured where id = layer.id;
            changed := changed + 1;
        end if;
    end loop;
    return changed;
end $$;
