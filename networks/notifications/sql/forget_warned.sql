-- Contacts that nobody confirmed for as many years as their member keeps them go, and the recipients of messages of long ago; what
-- remains is how many there were. Objections stay. Returns how many contacts went. For the nightly task alone.
create or replace function arpent.forget_warned(day date, why text) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    one record;
    gone int := 0;
begin
    for one in
        select c.owner_id, array_agg(c.id) as ids from public.notifications_contact c
            left join public.notifications_settings s on s.member_id = c.owner_id
            where c.confirmed_date + make_interval(years => coalesce(s.contact_years, 5)) < day
            group by c.owner_id loop
        perform arpent.journal_contacts(one.owner_id, one.ids, 'forgotten', why);
        delete from public.notifications_contact c where c.id = any (one.ids);
        gone := gone + cardinality(one.ids);
    end loop;
    update public.notifications_message m set value = null, addresses = '{}', provider_id = ''
        from public.notifications_notice n left join public.notifications_settings s on s.member_id = n.owner_id
        where n.id = m.notice_id and m.value is not null
            and n.sent_at + make_interval(months => coalesce(s.message_months, 12)) < day;
    delete from public.notifications_earlyreport e where e.at < day - 30;
    return gone;
end $$;
revoke execute on function arpent.forget_warned from public;
grant execute on function arpent.forget_warned to arpent_worker;
