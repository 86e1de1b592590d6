-- Trigger after a member is removed: its contacts and their objections go, which nobody but their functions may touch.
create or replace function arpent.forget_member() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    delete from notifications_contact where owner_id = old.id;
    delete from notifications_optout where owner_id = old.id;
    return null;
end $$;
