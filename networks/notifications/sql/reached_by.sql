-- Whom a notice reaches: each contact by each channel that they may be written to by, with the address of the notice that
-- leads to them (none where they live in its area at no address of the list). A contact is met by their service connection,
-- by their address (within 100 m where one of the two leaves out the commune), or in the area. For the functions beside it alone.
create or replace function arpent.reached_by(asked bigint)
returns table (target bigint, contact bigint, channel text, value text, address text)
language sql stable security definer set search_path = pg_catalog, public as $$
    with notice as materialized (select n.id, n.owner_id, n.area from public.notifications_notice n where n.id = asked),
    placed as materialized (
        select t.id, t.address, t.address_key, t.place, st_expand(t.place, 100) as box from notice
            join public.notifications_target t on t.notice_id = notice.id and t.address_key <> '' and t.place is not null),
    met as materialized (
        select t.id as target, c.id as contact, t.address from notice
            join public.notifications_target t on t.notice_id = notice.id and t.connection <> ''
            join public.notifications_contact c on c.owner_id = notice.owner_id and c.connection = t.connection
        union
        select t.id, c.id, t.address from notice
            join public.notifications_target t on t.notice_id = notice.id and t.address_key <> ''
            join public.notifications_contact c on c.owner_id = notice.owner_id and c.address_key = t.address_key
        union
        select p.id, c.id, p.address from placed p
            join public.notifications_contact c on c.geom && p.box and c.owner_id + 0 = (select owner_id from notice)
                and c.address_key <> '' and st_dwithin(c.geom, p.place, 100)
                and (starts_with(c.address_key, p.address_key || ' ') or starts_with(p.address_key, c.address_key || ' '))),
    inside as materialized (
        select c.id as contact, c.address from notice
            join public.notifications_contact c on c.owner_id = notice.owner_id and c.geom && notice.area
                and st_intersects(c.geom, notice.area)),
    everybody as (
        select target, contact, address::text from met
        union all
        select null, i.contact, i.address::text from inside i where not exists (select from met where met.contact = i.contact))
    select e.target, e.contact, ways.channel, ways.value, e.address
    from everybody e join arpent.open_ways((select owner_id from notice)) ways on ways.contact = e.contact
$$;
revoke execute on function arpent.reached_by from public;
