-- Who is reached at these addresses of a notice (at all of them where none is given), for whoever may read the member's contacts:
-- it writes the journal.
create or replace function arpent.read_reached(asked bigint, targets bigint[], most int, done text, why text)
returns table (target bigint, contact bigint, name text, address text, channel text, value text)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    member bigint;
    opened jsonb;
begin
    select n.owner_id into member from public.notifications_notice n
        where n.id = asked and arpent.sees_notice(asked) and arpent.reads_contacts(n.owner_id);
    if member is null then
        return;
    end if;
    select coalesce(jsonb_agg(r), '[]') into opened from (
        select reached.* from arpent.reached_by(asked) reached
        where targets is null or reached.target = any (targets) order by reached.contact, reached.target limit most) r;
    perform arpent.journal_contacts(member, array(
        select distinct (r ->> 'contact')::bigint from jsonb_array_elements(opened) r), done, why);
    return query
        select r.target, r.contact, c.name::text, r.address, r.channel, r.value
        from jsonb_to_recordset(opened) r(target bigint, contact bigint, channel text, value text, address text)
            join public.notifications_contact c on c.id = r.contact
        order by c.name_key, c.id;
end $$;
