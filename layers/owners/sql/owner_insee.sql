-- The communes in which the asker may read owners: `names` asks for names and addresses, `all` for birth and exemptions
-- too. Each role has its level at each member; a town hall's person reads within their own communes alone.
create or replace function arpent.owner_insee(wanted text) returns text[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public as $$
begin
    return array(
        select t.insee
        from public.gis_core_membership m
        join public.owners_owneraccess a on a.member_id = m.member_id and a.role = m.role
        join public.gis_core_territory t on t.member_id = m.member_id
        where m.user_id = arpent.user_id() and arpent.in_force(m.accepted_at, m.last_date)
            and a.level = any (case wanted when 'all' then '{all}'::text[] else '{names,all}' end)
            and (m.role <> 'town_hall' or exists (
                select from public.gis_core_townhall h where h.membership_id = m.id and h.insee = t.insee))
    );
end $$;
