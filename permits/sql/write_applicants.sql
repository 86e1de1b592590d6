-- Write who applies in many files at once, in those that the asker may write applicants of; one line of the journal for all.
-- `given` is a list of objects: file, name, address, email, phone, search_text. Returns how many were written.
create or replace function arpent.write_applicants(given jsonb, why text) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    written bigint[];
begin
    with asked as (
        select one.* from jsonb_to_recordset(given)
            as one(file bigint, name text, address text, email text, phone text, search_text text)
        join public.permits_permit p on p.id = one.file
        where one.name <> '' and arpent.reads_applicants(p.owner_id, p.insee)),
    made as (
        insert into public.permits_applicant (permit_id, name, address, email, phone, search_text)
        select file, name, address, email, phone, search_text from asked
        on conflict (permit_id) do update set name = excluded.name, address = excluded.address,
            email = excluded.email, phone = excluded.phone, search_text = excluded.search_text
        returning permit_id)
    select array_agg(permit_id) into written from made;
    if written is not null then
        perform arpent.journal_applicants(written, 'written', why);
    end if;
    return coalesce(cardinality(written), 0);
end $$;
