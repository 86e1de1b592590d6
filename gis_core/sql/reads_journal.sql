-- Whether the asker reads the security journal: an administrator of the agency, or the security officer, who reads nothing else.
create or replace function arpent.reads_journal() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return arpent.is_agency()
        or exists (select from public.gis_core_user u where u.id = arpent.user_id() and u.kind = 'security' and u.is_active);
end $$;
