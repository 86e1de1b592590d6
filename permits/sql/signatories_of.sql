-- Who signs for these authorities (`arpent.authorities_of`), for the same people.
create or replace function arpent.signatories_of(member bigint, commune text) returns setof public.permits_signatory
language sql stable security definer set search_path = pg_catalog, public as $$
    select s.* from public.permits_signatory s
    where s.authority_id in (select a.id from arpent.authorities_of(member, commune) a)
$$;
