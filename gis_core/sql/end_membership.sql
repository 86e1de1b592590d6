-- Take somebody out of a member. The asker's role is asked again, now.
create or replace function arpent.end_membership(membership bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    former public.gis_core_membership;
begin
    perform arpent.lock_people();
    select * into strict former from public.gis_core_membership m where m.id = membership for update;
    perform arpent.check_may_give(former.member_id, former.role);
    delete from public.gis_core_townhall t where t.membership_id = membership;
    delete from public.gis_core_membership m where m.id = membership;
end $$;
