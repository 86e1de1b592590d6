-- Write a line of the journal, as whoever asks: the only way in, and there is none back. Returns the line, and whether the
-- person has now read 500 owners or more in ten minutes.
create or replace function arpent.write_owner_journal(entry jsonb) returns table (line_id bigint, is_flagged boolean)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    written public.owners_journalline := jsonb_populate_record(null::public.owners_journalline, entry);
    recent bigint;
begin
    written.id := nextval(pg_get_serial_sequence('public.owners_journalline', 'id'));
    written.by_user := arpent.user_id();
    -- Two requests at once count each other.
    perform pg_advisory_xact_lock(hashtextextended('arpent owners read by ' || written.by_user, 0));
    written.at := clock_timestamp();
    select coalesce(sum(j.owners), 0) into recent from public.owners_journalline j
    where j.by_user = written.by_user and j.refusal = '' and j.at > written.at - interval '10 minutes';
    written.flagged := written.refusal = '' and recent + written.owners >= 500;
    insert into public.owners_journalline select written.*;
    return query select written.id, written.flagged;
end $$;
