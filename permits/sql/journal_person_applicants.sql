-- A person asked what is known of them: the journal of applicants has a line for the files of these applicants, as of any reading.
-- For the worker, which looks for the person.
create or replace function arpent.journal_person_applicants(ids bigint[], done text, why text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform arpent.journal_applicants(array(select a.permit_id from public.permits_applicant a where a.id = any (ids)), done, why);
end $$;
revoke execute on function arpent.journal_person_applicants from public;
grant execute on function arpent.journal_person_applicants to arpent_worker;
