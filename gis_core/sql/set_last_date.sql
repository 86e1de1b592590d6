-- Give a membership its last day, or take it away (null). The asker's role is asked again, now.
create or replace function arpent.set_last_date(membership bigint, day date) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    former public.gis_core_membership;
begin
    perform arpent.lock_people();
    select * into strict former from public.gis_core_membership m where m.id = membership for update;
    perform arpent.check_may_give(former.member_id, former.role);
    if former.last_date is distinct from day then
        update public.gis_core_membership m set last_date = day where m.id = membership;
    end if;
end $$;
