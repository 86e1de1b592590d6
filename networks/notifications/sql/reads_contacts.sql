-- Whether the asker reads and writes the contacts of this member: by their role there, which the member chooses. The agency's
-- administrator has no right of their own.
create or replace function arpent.reads_contacts(member bigint) returns boolean
language sql stable parallel safe security definer set search_path = pg_catalog, public as $$
    select exists (
        select from public.gis_core_membership m
        left join public.notifications_settings s on s.member_id = m.member_id
        where m.user_id = arpent.user_id() and m.member_id = member and arpent.in_force(m.accepted_at, m.last_date)
            and m.role = any (coalesce(s.reader_roles, '{network_technician,gis_administrator}')))
$$;
