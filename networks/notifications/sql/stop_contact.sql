-- Close or open a channel of a contact, as they told whoever may read them. Returns whether it was done.
create or replace function arpent.stop_contact(asked bigint, by_channel text, closed boolean, why text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    one public.notifications_contact;
    found_value text;
begin
    select * into one from public.notifications_contact c where c.id = asked and arpent.reads_contacts(c.owner_id);
    found_value := case by_channel when 'sms' then one.phone when 'email' then one.email end;
    if coalesce(found_value, '') = '' then
        return false;
    end if;
    if closed then
        perform arpent.close_channel(one.owner_id, by_channel, found_value, 'hand');
    else
        delete from public.notifications_optout s where s.owner_id = one.owner_id and s.channel = by_channel and s.value = found_value;
        perform arpent.journal_contacts(one.owner_id, array[one.id], 'written', why);
    end if;
    return true;
end $$;
