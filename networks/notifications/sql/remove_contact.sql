-- Remove a contact, for whoever may read it; an objection stays. It writes the journal.
create or replace function arpent.remove_contact(asked bigint, why text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    member bigint;
begin
    delete from public.notifications_contact c where c.id = asked and arpent.reads_contacts(c.owner_id)
        returning c.owner_id into member;
    if member is null then
        return false;
    end if;
    perform arpent.journal_contacts(member, array[asked], 'forgotten', why);
    return true;
end $$;
