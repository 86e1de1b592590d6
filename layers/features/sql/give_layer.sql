-- Rows of a layer are its owner's where the layer protects them together, and the photos of its features with them: those
-- that still bear the number of a former owner get the new one's. What shares the layer with whom is not touched.
create or replace function arpent.give_layer(layer bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    given public.catalogue_layer;
    photos bigint;
    objects bigint := 0;
begin
    select * into given from public.catalogue_layer l where l.id = layer and l.rows = 'layer';
    if not found then
        return 0;
    end if;
    update public.features_attachment a set owner_id = given.owner_id
        where a.layer_id = given.id and a.owner_id is distinct from given.owner_id;
    get diagnostics photos = row_count;
    if given."table" like 'layer\_%' and to_regclass(format('public.%I', given."table")) is not null then
        execute format('update public.%I set owner_id = $1 where owner_id is distinct from $1', given."table") using given.owner_id;
        get diagnostics objects = row_count;
    end if;
    return objects + photos;
end $$;
revoke execute on function arpent.give_layer from public;
