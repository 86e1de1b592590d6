-- Orders that are no longer published, since when and under which number: nothing else of them is for everybody. One of them
-- (`only_id`), or those that left since a moment, the last ones first.
create or replace function arpent.unpublished_orders(since timestamptz, only_id bigint default null)
returns table (id bigint, number text, owner text, numbered_date date, published_at timestamptz, unpublished_at timestamptz, communes text[])
language sql stable security definer set search_path = pg_catalog, public as $$
    select o.id, o.number, m.name, o.numbered_date, o.published_at, o.unpublished_at, o.communes::text[]
    from public.road_order o join public.gis_core_member m on m.id = o.owner_id
    where o.unpublished_at >= since and (only_id is null or o.id = only_id)
    order by o.unpublished_at desc, o.id desc limit 500
$$;
