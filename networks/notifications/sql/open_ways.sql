-- By which channels the contacts of a member may be written to: there is a number (of a mobile) or an e-mail address, they did not
-- object, and they agreed where that is the member's legal basis. For the functions beside it alone, into whose queries
-- PostgreSQL writes it: it has no settings of its own.
create or replace function arpent.open_ways(member bigint) returns table (contact bigint, channel text, value text)
language sql stable as $$
    select c.id, way.channel, way.value
    from public.notifications_contact c
        left join public.notifications_settings s on s.member_id = c.owner_id
        cross join lateral (values
            ('sms', case when c.mobile then c.phone else '' end::text, c.sms_consent),
            ('email', c.email::text, c.email_consent)) way(channel, value, consent)
        left join public.notifications_optout o on o.owner_id = c.owner_id and o.channel = way.channel and o.value = way.value
    where c.owner_id = member and way.value <> '' and o.id is null
        and coalesce(way.consent, coalesce(s.basis, 'consent') <> 'consent')
$$;
revoke execute on function arpent.open_ways from public;
