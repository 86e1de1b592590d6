-- Whether the asker may read a layer's history: the agency, and people of its owner. The history of rows of members is
-- read row by row (history_of_row).
create or replace function arpent.history_of_layer(layer bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return exists (
        select from public.catalogue_layer l
        where l.id = layer and arpent.sees_layer(layer)
            and (arpent.is_agency() or l.owner_id = any (arpent.members()) or (l.owner_id is null and l.rows = 'owner'))
    );
end $$;
