-- Whether a membership is that of the last person who administers its member and can sign in; one with a last day does
-- not stay, and neither programs nor security officers count.
create or replace function arpent.is_last_administrator(membership bigint) returns boolean
language sql stable set search_path = pg_catalog, public as $$
    select exists (
        select from public.gis_core_membership m join public.gis_core_user p on p.id = m.user_id and p.kind = 'person'
        where m.id = membership and arpent.in_force(m.accepted_at, m.last_date)
            and arpent.role_rank(m.role) >= arpent.role_rank('gis_administrator')
            and not exists (
                select from public.gis_core_membership o
                join public.gis_core_user u on u.id = o.user_id and u.is_active and u.kind = 'person'
                where o.member_id = m.member_id and o.id <> m.id and o.accepted_at is not null and o.last_date is null
                    and arpent.role_rank(o.role) >= arpent.role_rank('gis_administrator')))
$$;
