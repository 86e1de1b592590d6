-- The members whose journal the asker reads: those that they administer.
create or replace function arpent.administered() returns int[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public as $$
begin
    return array(
        select m.member_id::int from public.gis_core_membership m
        where m.user_id = arpent.user_id() and arpent.in_force(m.accepted_at, m.last_date)
            and m.role in ('gis_administrator', 'agency_administrator')
    );
end $$;
