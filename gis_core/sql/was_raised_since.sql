-- Whether a membership gave a lower role than today's after an instant: what its role allows is asked of it for a time.
create or replace function arpent.was_raised_since(membership bigint, instant timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (
        select from public.gis_core_membership m
        join public.gis_core_rowhistory h on h.pk_value = m.id and h.operation = 'UPDATE'
        join public.gis_core_historyevent e on e.id = h.event_id
        where m.id = membership and e."table" in ('gis_core_membership', 'public.gis_core_membership') and e.at > instant
            and arpent.role_rank(h.old ->> 'role') < arpent.role_rank(m.role))
$$;
revoke execute on function arpent.was_raised_since from public;
grant execute on function arpent.was_raised_since to arpent_web;
