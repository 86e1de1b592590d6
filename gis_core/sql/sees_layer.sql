-- Whether the asker sees a layer, asked once per statement by the policies of tables made for one layer; one that is
-- archived is seen by its administrators alone, one that the asker's token is not made for by nobody.
create or replace function arpent.sees_layer(layer bigint) returns boolean
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public as $$
begin
    return exists (
        select from public.catalogue_layer l
        where l.id = layer and arpent.opens_layer(l.id)
        and (l.archived_at is null or arpent.is_agency() or l.owner_id = any (arpent.administered()))
        and (
            arpent.is_agency() or l.visibility = 'public'
            or (l.visibility = 'signed_in' and arpent.user_id() > 0)
            or l.owner_id = any (arpent.members() || arpent.town_halls())
            or (l.visibility = 'members' and l.shared_with && (arpent.members() || arpent.town_halls()))
        )
    );
end $$;
