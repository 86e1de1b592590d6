-- What an open link is about, by the digest of its secret: whoever holds it has no account, and sees no row of the table.
create or replace function arpent.shared_link(secret_digest bytea) returns table (owner_id bigint, about_kind text, about_id bigint)
language sql stable security definer set search_path = pg_catalog, public as $$
    select l.owner_id, l.about_kind::text, l.about_id from public.gis_core_sharedlink l
    where l.digest = secret_digest and l.revoked_at is null and l.expires_at > now()
$$;
