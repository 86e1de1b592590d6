-- Who last changed each field of an object since an instant: names of columns ('geometry' for where it lies, '*' for all of a
-- row that was made since) with the person. `now` is the row as it is.
create or replace function arpent.field_authors(layer_id bigint, pk bigint, now jsonb, since timestamptz)
returns table (field text, by_user int)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    if not arpent.sees_layer(layer_id) then
        return;
    end if;
    return query
    with found as materialized (
        select h.id, h.operation, e.by_user, h.old, h.geom_changed
        from public.gis_core_rowhistory h join public.gis_core_historyevent e on e.id = h.event_id
        where h.pk_value = pk and e.layer = layer_id and e.at >= since),
    changed as (
        select f.id, f.by_user, one.key as name from found f
        cross join lateral (select coalesce(
            (select n.old from found n where n.id > f.id and n.old is not null order by n.id limit 1), now) as latter) l
        cross join lateral jsonb_each(f.old) one
        where f.operation = 'UPDATE' and one.value is distinct from l.latter -> one.key
        union all select f.id, f.by_user, 'geometry' from found f where f.operation = 'UPDATE' and f.geom_changed
        union all select f.id, f.by_user, '*' from found f where f.operation = 'INSERT')
    select distinct on (c.name) c.name, c.by_user from changed c order by c.name, c.id desc;
end $$;
