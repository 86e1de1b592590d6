-- Some rows of a layer were edited: give it its next version, and an extent that holds the box of what was written too
-- (EPSG:2154, null for none). What a deletion leaves empty is found when the layer is next measured whole.
create or replace function arpent.announce_edited(layer bigint, box public.box2d) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    changed public.catalogue_layer;
    moved public.geometry := public.st_transform(public.st_setsrid(box::public.geometry, 2154), 4326);
begin
    if not arpent.sees_layer(layer) then
        raise exception using errcode = '42501', message = 'no such layer, or it is not seen';
    end if;
    update public.catalogue_layer l set extent_4326 = case
        when l.rows not in ('reference', 'layer') then null
        when moved is null then l.extent_4326
        else array[least(l.extent_4326[1], public.st_xmin(moved)), least(l.extent_4326[2], public.st_ymin(moved)),
            greatest(l.extent_4326[3], public.st_xmax(moved)), greatest(l.extent_4326[4], public.st_ymax(moved))] end
    where l.id = layer returning version into changed.version;
    return changed.version;
end $$;
