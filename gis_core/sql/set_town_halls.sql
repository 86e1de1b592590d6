-- The communes, of the member's territory, that a town hall user works for.
create or replace function arpent.set_town_halls(membership bigint, codes text[]) returns void
language sql set search_path = pg_catalog, public as $$
    delete from public.gis_core_townhall t where t.membership_id = membership and t.insee <> all (codes);
    insert into public.gis_core_townhall (membership_id, insee)
    select m.id, t.insee from public.gis_core_membership m join public.gis_core_territory t on t.member_id = m.member_id
    where m.id = membership and t.insee = any (codes) on conflict do nothing
$$;
