-- A line of the journal of applicants for each member concerned, as whoever asks; for the functions beside it alone.
create or replace function arpent.journal_applicants(files bigint[], done text, why text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    insert into public.permits_applicantreading (at, by_user, by_name, action, members, numbers, purpose)
    select clock_timestamp(), arpent.user_id(),
           coalesce((select coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
                     from public.gis_core_user u where u.id = arpent.user_id()), ''),
           done, array[p.owner_id::int], array_agg(p.number order by p.id), left(why, 200)
    from public.permits_permit p where p.id = any (files) group by p.owner_id;
end $$;
revoke execute on function arpent.journal_applicants from public;
