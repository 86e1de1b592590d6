-- The authorities that a member has written for the files of a commune, or for those of all, for whoever sees these files: a
-- town hall's person reads who decides in its commune, though what is written for all communes is its member's.
create or replace function arpent.authorities_of(member bigint, commune text) returns setof public.permits_authority
language sql stable security definer set search_path = pg_catalog, public as $$
    select a.* from public.permits_authority a
    where a.owner_id = member and a.insee in ('', commune)
        and (arpent.is_agency() or member = any (arpent.members())
            or (member = any (arpent.town_halls()) and commune = any (arpent.town_insee())))
$$;
