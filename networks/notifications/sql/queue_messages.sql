-- Make the messages of a notice, one to each different number and e-mail address, for who may write for its member. Once is
-- enough: asked again, it adds nobody twice. Sensitive users come first. Returns how many there are by channel.
create or replace function arpent.queue_messages(asked bigint) returns table (channel text, messages bigint)
language plpgsql security definer set search_path = pg_catalog, public as $$
#variable_conflict use_column
begin
    if not exists (select from public.notifications_notice n where n.id = asked
            and (arpent.is_agency() or n.owner_id in (select unnest(arpent.writers())))) then
        return;
    end if;
    insert into public.notifications_message (notice_id, channel, value, key, addresses, state, attempts, provider_id, why)
        select asked, r.channel, r.value, gen_random_uuid(),
               coalesce((array_agg(distinct r.address) filter (where r.address <> ''))[:20], '{}'), 'waiting', 0, '', ''
        from arpent.reached_by(asked) r left join public.notifications_target t on t.id = r.target
        group by r.channel, r.value order by max(t.sensitive) desc nulls last, min(r.contact)
        on conflict (notice_id, channel, value) do nothing;
    return query select m.channel::text, count(*) from public.notifications_message m where m.notice_id = asked group by m.channel;
end $$;
