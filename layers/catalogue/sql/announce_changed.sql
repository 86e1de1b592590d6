-- A layer's data changed: give it its next version (the row's trigger does) and, for public data, its extent in EPSG:4326.
create or replace function arpent.announce_changed(layer bigint) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    changed public.catalogue_layer;
    box public.geometry;
begin
    select * into changed from public.catalogue_layer where id = layer;
    if changed.rows in ('reference', 'layer') then
        execute format('select public.st_extent(geom)::public.geometry from public.%I', changed."table") into box;
        box := public.st_transform(public.st_setsrid(box, 2154), 4326);
    end if;
    update public.catalogue_layer set extent_4326 = case when box is null then null else
        array[public.st_xmin(box), public.st_ymin(box), public.st_xmax(box), public.st_ymax(box)] end
    where id = layer returning version into changed.version;
    return changed.version;
end $$;
