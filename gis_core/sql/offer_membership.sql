-- Invite somebody to a member; it gives no rights before they accept. The new membership's id. The web role writes
-- memberships through this function and those beside it alone; history and the security journal keep what they do.
create or replace function arpent.offer_membership(person bigint, member bigint, role text, codes text[], email text) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    made bigint;
begin
    perform arpent.lock_people();
    perform arpent.check_may_give(member, role);
    insert into public.gis_core_membership (user_id, member_id, role, invited_email, created_at)
    values (person, member, role, email, statement_timestamp()) returning id into made;
    perform arpent.set_town_halls(made, codes);
    return made;
end $$;
