-- Let messages of which nobody knows whether they left be tried once more, by channels whose gateway knows them by their key
-- and sends nothing twice; for who may write for the member. Returns how many.
create or replace function arpent.resume_messages(asked bigint, channels text[]) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    changed int;
begin
    update public.notifications_message m set state = 'waiting', why = '' from public.notifications_notice n
        where m.notice_id = asked and n.id = asked and m.state = 'unknown' and m.channel = any (channels)
            and (arpent.is_agency() or n.owner_id in (select unnest(arpent.writers())));
    get diagnostics changed = row_count;
    return changed;
end $$;
