-- One contact, for whoever may read it: it writes the journal.
create or replace function arpent.read_contact(asked bigint, why text) returns setof jsonb
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    one public.notifications_contact;
begin
    select * into one from public.notifications_contact c where c.id = asked and arpent.reads_contacts(c.owner_id);
    if found then
        perform arpent.journal_contacts(one.owner_id, array[one.id], 'read', why);
        return next arpent.contact_row(one);
    end if;
end $$;
