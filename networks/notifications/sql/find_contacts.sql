-- Contacts of a member in the order of their names, by words of their name, address, number or e-mail address (all of them
-- without words), for whoever may read them: it writes the journal.
create or replace function arpent.find_contacts(member bigint, words text[], most int, skipped int, why text)
returns setof jsonb
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    patterns text[] := array(select '% ' || word || '%' from unnest(words) word);
    found bigint[];
begin
    if not arpent.reads_contacts(member) then
        return;
    end if;
    found := array(
        select id from public.notifications_contact where owner_id = member and search_text like all (patterns)
        order by name_key, id limit most offset skipped);
    perform arpent.journal_contacts(member, found, 'read', why);
    return query select arpent.contact_row(c) from public.notifications_contact c where c.id = any (found)
        order by c.name_key, c.id;
end $$;
