-- What the history keeps of rows of a table, as JSON, oldest first: of those with these ids, and of removed ones whose column
-- `key` was one of the parents. For the export of everything of a member, which the worker makes, and for its removal.
create or replace function arpent.history_of_rows(name text, ids bigint[], key text, parents bigint[])
returns table (id bigint, pk bigint, line jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return query select h.id, h.pk_value, to_jsonb(h) - 'old_geom' || jsonb_build_object('event', h.event_id, 'kind', e.kind, 'at', e.at,
            'by_user', e.by_user, 'old_geom', public.st_asgeojson(h.old_geom, 3)::jsonb)
        from public.gis_core_historyevent e join public.gis_core_rowhistory h on h.event_id = e.id
        where e."table" in (name, 'public.' || name) and (h.pk_value = any (ids) or (h.old ->> key)::bigint = any (parents))
        order by h.id;
end $$;
revoke execute on function arpent.history_of_rows from public;
grant execute on function arpent.history_of_rows to arpent_worker;
