-- Write who applies in a file that the asker may write applicants of; a null name forgets them. It writes the journal.
create or replace function arpent.write_applicant(file bigint, given jsonb, why text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if not exists (select from public.permits_permit p where p.id = file and arpent.reads_applicants(p.owner_id, p.insee)) then
        return false;
    end if;
    if given ->> 'name' is null then
        delete from public.permits_applicant where permit_id = file;
    else
        insert into public.permits_applicant (permit_id, name, address, email, phone, siret, agent, architect,
                                              architect_number, search_text)
        values (file, given ->> 'name', coalesce(given ->> 'address', ''), coalesce(given ->> 'email', ''),
                coalesce(given ->> 'phone', ''), coalesce(given ->> 'siret', ''), coalesce(given ->> 'agent', ''),
                coalesce(given ->> 'architect', ''), coalesce(given ->> 'architect_number', ''),
                coalesce(given ->> 'search_text', ''))
        on conflict (permit_id) do update set name = excluded.name, address = excluded.address,
            email = excluded.email, phone = excluded.phone, siret = excluded.siret, agent = excluded.agent,
            architect = excluded.architect, architect_number = excluded.architect_number,
            search_text = excluded.search_text;
    end if;
    perform arpent.journal_applicants(array[file], case when given ->> 'name' is null then 'forgotten' else 'written' end, why);
    return true;
end $$;
