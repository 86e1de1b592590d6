-- Every message of a notice with its number or e-mail address, for whoever may read the member's contacts: it writes the journal.
create or replace function arpent.read_messages(asked bigint, why text)
returns table (channel text, value text, addresses text[], state text, reason text, handed_at timestamptz, ended_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    member bigint;
begin
    select n.owner_id into member from public.notifications_notice n
        where n.id = asked and arpent.sees_notice(asked) and arpent.reads_contacts(n.owner_id);
    if member is null then
        return;
    end if;
    -- A join for each channel: one over both would compare each message with each contact.
    perform arpent.journal_contacts(member, array(
        select c.id from public.notifications_message m join public.notifications_contact c on c.phone = m.value and c.owner_id = member
            where m.notice_id = asked and m.channel = 'sms'
        union
        select c.id from public.notifications_message m join public.notifications_contact c on c.email = m.value and c.owner_id = member
            where m.notice_id = asked and m.channel = 'email'), 'exported', why);
    return query select m.channel::text, m.value::text, m.addresses::text[], m.state::text, m.why::text, m.handed_at, m.ended_at
        from public.notifications_message m where m.notice_id = asked order by m.channel desc, m.id;
end $$;
