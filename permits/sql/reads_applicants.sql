-- Whether the asker reads who applies in this member's files of a commune: by their role there, which the member chooses; a
-- town hall's person within their own communes alone. The agency's administrator has no right of their own.
create or replace function arpent.reads_applicants(member bigint, commune text) returns boolean
language sql stable parallel safe security definer set search_path = pg_catalog, public as $$
    select exists (
        select from public.gis_core_membership m
        left join public.permits_settings s on s.member_id = m.member_id
        where m.user_id = arpent.user_id() and m.member_id = member and arpent.in_force(m.accepted_at, m.last_date)
            and m.role = any (coalesce(s.applicant_roles, '{permit_instructor,town_hall}'))
            and (m.role <> 'town_hall' or exists (
                select from public.gis_core_townhall h where h.membership_id = m.id and h.insee = commune)))
$$;
