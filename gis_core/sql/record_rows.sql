-- Trigger of each statement: keep its rows as they were. The geometry lies apart (as JSON it would be built for nothing),
-- and only where it changed: `geom_changed` false says that a later row, or the table, has it. A row without a version is
-- recorded under 0. The worker's bulk insertions (arpent.bulk = on) are not recorded row by row: rows say their import.
-- Columns that are computed from others do not count as a change where they are all that changed.
create or replace function arpent.record_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    bulk boolean := tg_op = 'INSERT' and current_setting('arpent.bulk', true) = 'on' and arpent.acting_role() = 'arpent_worker';
    names text[] := (select array_agg(attname order by attnum) from pg_attribute
        where attrelid = tg_relid and attnum > 0 and not attisdropped);
    version text := case when 'version' = any (names) then 'o.version' else '0' end;
    geom text := case when 'geom' = any (names) then 'o.geom' else 'null::public.geometry' end;
    kept text := (select string_agg(format('o.%I', name), ', ') from unnest(names) name where name not in ('geom', 'geom_3857'));
    -- A large geometry that was not touched is still the same stored value: it is not read again.
    moved text := 'case when pg_column_toast_chunk_id(o.geom) = pg_column_toast_chunk_id(n.geom) then false
        else o.geom is distinct from n.geom end';
    event bigint;
    touched bigint;
begin
    if tg_op = 'DELETE' then
        perform from old_rows limit 1;
    else
        perform from new_rows limit 1;
    end if;
    if not found then
        return null;
    end if;
    if tg_op = 'UPDATE' and 'extent_4326' = any (names) then
        perform from old_rows o join new_rows n using (id)
        where to_jsonb(o) - '{version,extent_4326}'::text[] <> to_jsonb(n) - '{version,extent_4326}'::text[] limit 1;
        if not found then
            return null;
        end if;
    end if;
    event := arpent.current_event(lower(tg_op), tg_relid);
    if bulk then
        select count(*) from new_rows into touched;
    else
        execute 'insert into public.gis_core_rowhistory (event_id, pk_value, operation, version, old, old_geom, geom_changed) select $1, o.id, $2, '
            || version || case tg_op
            when 'INSERT' then ', null, null, true from new_rows o'
            when 'DELETE' then format(', (select to_jsonb(kept) from (select %s) kept), %s, true from old_rows o', kept, geom)
            else case when 'geom' = any (names) then
                format(', (select to_jsonb(kept) from (select %s) kept), case when there then o.geom end, there
                    from old_rows o left join new_rows n using (id) cross join lateral (select %s as there) moved', kept, moved)
                else format(', (select to_jsonb(kept) from (select %s) kept), null, false from old_rows o', kept) end
            end using event, tg_op;
        get diagnostics touched = row_count;
    end if;
    update public.gis_core_historyevent set rows = coalesce(rows, 0) + touched where id = event;
    return null;
end $$;
