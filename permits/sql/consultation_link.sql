-- The file that an open link of a consultation is about, by its member and commune: what who holds it acts for.
create or replace function arpent.consultation_link(link bigint) returns table (owner_id bigint, insee text)
language sql stable security definer set search_path = pg_catalog, public as $$
    select p.owner_id, p.insee::text
    from public.permits_consultationlink l join public.permits_permit p on p.id = l.permit_id
    where l.id = link and l.revoked_at is null
$$;
