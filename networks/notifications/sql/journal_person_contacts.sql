-- A person asked what is known of them: the journal of contacts has a line for each member whose contacts these are, as of any
-- reading. For the worker, which looks for the person.
create or replace function arpent.journal_person_contacts(ids bigint[], done text, why text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    one record;
begin
    for one in select c.owner_id, array_agg(c.id order by c.id) as contacts from public.notifications_contact c
            where c.id = any (ids) group by c.owner_id loop
        perform arpent.journal_contacts(one.owner_id, one.contacts, done, why);
    end loop;
end $$;
revoke execute on function arpent.journal_person_contacts from public;
grant execute on function arpent.journal_person_contacts to arpent_worker;
