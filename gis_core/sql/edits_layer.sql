-- Whether the asker's member owns a layer and the asker writes for it.
create or replace function arpent.edits_layer(layer bigint) returns boolean
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public as $$
begin
    return exists (
        select from public.catalogue_layer l
        where l.id = layer and arpent.opens_layer(l.id) and (arpent.is_agency() or l.owner_id = any (arpent.writers()))
    );
end $$;
