-- The frozen parcel sheet of a file, for whoever sees the file: a town hall's person opens those of its communes, though a
-- sheet alone is its member's.
create or replace function arpent.sheet_of_permit(file bigint) returns table (number text, pdf bytea)
language sql stable security definer set search_path = pg_catalog, public as $$
    select s.number::text, s.pdf
    from public.permits_permit p join public.parcels_frozensheet s on s.id = p.sheet_id
    where p.id = file and (arpent.is_agency() or p.owner_id = any (arpent.members())
        or (p.owner_id = any (arpent.town_halls()) and p.insee = any (arpent.town_insee())))
$$;
