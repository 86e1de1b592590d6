-- Whether a membership is that of the last administrator of its member who can sign in; one with a last day does not stay.
create or replace function arpent.is_last_administrator(membership bigint) returns boolean
language sql stable set search_path = pg_catalog, public as $$
    select exists (
        select from public.gis_core_membership m
        where m.id = membership and arpent.in_force(m.accepted_at, m.last_date)
            and arpent.role_rank(m.role) >= arpent.role_rank('gis_administrator')
            and not exists (
                select from public.gis_core_membership o join public.gis_core_user u on u.id = o.user_id and u.is_active
                where o.member_id = m.member_id and o.id <> m.id and o.accepted_at is not null and o.last_date is null
                    and arpent.role_rank(o.role) >= arpent.role_rank('gis_administrator')))
$$;
