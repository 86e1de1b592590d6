-- A line of the journal of contacts, as whoever asks; for the functions beside it alone.
create or replace function arpent.journal_contacts(member bigint, ids bigint[], done text, why text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if coalesce(cardinality(ids), 0) = 0 then
        return;
    end if;
    insert into public.notifications_contactreading (at, by_user, by_name, action, members, contacts, purpose)
    select clock_timestamp(), arpent.user_id(),
           coalesce((select coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
                     from public.gis_core_user u where u.id = arpent.user_id()), ''),
           done, array[member::int], ids, left(why, 200);
end $$;
revoke execute on function arpent.journal_contacts from public;
