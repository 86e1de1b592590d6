-- Rows of a table as they were at certain versions that they have no more: their columns, and their geometry where it
-- changed since (`moved`). For taking an import back. For the worker.
create or replace function arpent.rows_at(target regclass, ids bigint[], versions int[])
returns table (id bigint, content jsonb, geom public.geometry, moved boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
    select asked.id, at.old - 'version', later.old_geom, later.id is not null
    from unnest(ids, versions) asked (id, version)
    cross join lateral (
        select h.id, h.old from public.gis_core_rowhistory h join public.gis_core_historyevent e on e.id = h.event_id
        where h.pk_value = asked.id and h.version = asked.version and h.old is not null and e."table" = target::text
        order by h.id limit 1
    ) at
    left join lateral (
        select h.id, h.old_geom from public.gis_core_rowhistory h join public.gis_core_historyevent e on e.id = h.event_id
        where h.pk_value = asked.id and h.id >= at.id and h.old is not null and h.geom_changed and e."table" = target::text
        order by h.id limit 1
    ) later on true
$$;
revoke execute on function arpent.rows_at from public;
grant execute on function arpent.rows_at to arpent_worker;
