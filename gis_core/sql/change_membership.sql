-- Give somebody another role at a member, by hand from now on (no rule of a sign-in method changes it). The asker's role
-- is asked again, now.
create or replace function arpent.change_membership(membership bigint, new_role text, codes text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    former public.gis_core_membership;
begin
    perform arpent.lock_people();
    select * into strict former from public.gis_core_membership m where m.id = membership for update;
    perform arpent.check_may_give(former.member_id, former.role, new_role);
    if former.role is distinct from new_role or former.given_by_id is not null then
        update public.gis_core_membership m set role = new_role, given_by_id = null where m.id = membership;
    end if;
    perform arpent.set_town_halls(membership, codes);
end $$;
