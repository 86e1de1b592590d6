-- Who applies in these files, of those that the asker may read: the only way to read applicants, and it writes the journal.
drop function if exists arpent.read_applicants(bigint[], text, text);
create or replace function arpent.read_applicants(files bigint[], done text, why text)
returns table (permit_id bigint, name text, address text, email text, phone text, siret text, agent text, architect text,
               architect_number text)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    opened bigint[] := array(
        select p.id from public.permits_permit p
        where p.id = any (files) and arpent.reads_applicants(p.owner_id, p.insee)
            and exists (select from public.permits_applicant a where a.permit_id = p.id));
begin
    perform arpent.journal_applicants(opened, done, why);
    return query select a.permit_id, a.name::text, a.address, a.email::text, a.phone::text, a.siret::text, a.agent::text,
            a.architect::text, a.architect_number::text
        from public.permits_applicant a where a.permit_id = any (opened);
end $$;
