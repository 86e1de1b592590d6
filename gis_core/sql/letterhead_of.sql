-- The letterhead of a member, for its own people and for those of its town halls, who read its letters about their communes.
create or replace function arpent.letterhead_of(member bigint) returns setof public.gis_core_letterhead
language sql stable security definer set search_path = pg_catalog, public as $$
    select h.* from public.gis_core_letterhead h
    where h.owner_id = member and (arpent.is_agency() or member = any (arpent.members() || arpent.town_halls()))
$$;
