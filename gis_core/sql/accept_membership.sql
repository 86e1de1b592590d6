-- Accept an invitation of the asker's own; false where there is none, or the account is closed.
create or replace function arpent.accept_membership(membership bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform arpent.lock_people();
    update public.gis_core_membership m set accepted_at = statement_timestamp()
    from public.gis_core_user u
    where m.id = membership and m.accepted_at is null and m.user_id = arpent.user_id() and u.id = m.user_id and u.is_active;
    return found;
end $$;
