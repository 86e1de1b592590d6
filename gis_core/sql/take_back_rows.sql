-- A table as it was before an import: what came goes, what was changed or removed is as it was. A row that is not as the
-- import left it, where that is known (kept_by_imports), stays as it is. For the worker. Answers how many went, came back, are as
-- before, were left.
create or replace function arpent.take_back_rows(made bigint, target regclass) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    names text[] := array(select attname from pg_attribute
        where attrelid = target and attnum > 0 and not attisdropped and attgenerated = '' order by attnum);
    versioned boolean := 'version' = any (names);
    plain text[] := array(select name from unnest(names) name where name not in ('id', 'version', 'geom'));
    has_geom boolean := 'geom' = any (names);
    came int8multirange := (select range_agg((r.old ->> 'ids')::int8multirange) from public.gis_core_replacedrow r
        where r.source_import_id = made and r."table" = target::text and r.operation = 'INSERT');
    as_left text := format(' and not exists (select from pg_temp.left_row l where l.pk = t.id and l.digest <> %s)',
        arpent.row_digest(target, 't'));
    removed bigint;
    restored bigint;
    back bigint;
    due bigint;
    edited bigint;
begin
    drop table if exists pg_temp.left_row, pg_temp.former_row;
    create temporary table left_row on commit drop as
        select distinct on (one.pk) one.pk, one.digest from (
            select r.id, r."row" as pk, r.left_as[1] as digest from public.gis_core_replacedrow r
            where r.source_import_id = made and r."table" = target::text and r.operation = 'UPDATE' and r.left_as is not null
            union all
            select r.id, came_row.pk, came_row.digest from public.gis_core_replacedrow r cross join lateral (
                select unnest(array(select generate_series(lower(span), upper(span) - 1)
                    from unnest((r.old ->> 'ids')::int8multirange) span order by 1)), unnest(r.left_as)) came_row (pk, digest)
            where r.source_import_id = made and r."table" = target::text and r.operation = 'INSERT' and r.left_as is not null) one
        order by one.pk, one.id desc;
    create unique index on pg_temp.left_row (pk);
    analyze pg_temp.left_row;
    create temporary table former_row on commit drop as
        select distinct on (r."row") r."row" as pk, r.old, r.old_geom, coalesce(r."row" <@ came, false) as came,
            bool_or(r.operation = 'DELETE') over whole as gone,
            (r.old ->> 'version')::int + (count(*) filter (where r.operation = 'UPDATE') over whole) as version
        from public.gis_core_replacedrow r
        where r.source_import_id = made and r."table" = target::text and r.operation <> 'INSERT'
        window whole as (partition by r."row") order by r."row", r.id;
    create unique index on pg_temp.former_row (pk);
    analyze pg_temp.former_row;
    execute format('delete from %s t using unnest($1) ids where t.id >= lower(ids) and t.id < upper(ids)', target) || as_left
        using came;
    get diagnostics removed = row_count;
    execute format('select count(*) from %s t, unnest($1) ids where t.id >= lower(ids) and t.id < upper(ids)', target)
        into edited using came;
    execute format('update %s t set %s from pg_temp.former_row f
        cross join lateral jsonb_populate_record(null::%1$s, f.old) was where t.id = f.pk and not f.came and not f.gone', target,
        (select string_agg(format('%I = was.%1$I', name), ', ') from unnest(plain) name)
            || case when has_geom then ', geom = f.old_geom' else '' end) || as_left;
    get diagnostics restored = row_count;
    execute format('insert into %s (id, %s) select f.pk, %s from pg_temp.former_row f
        cross join lateral jsonb_populate_record(null::%1$s, f.old) was
        where f.gone and not f.came and not exists (select from %1$s t where t.id = f.pk) on conflict do nothing', target,
        (select string_agg(quote_ident(name), ', ') from unnest(plain) name)
            || case when versioned then ', version' else '' end || case when has_geom then ', geom' else '' end,
        (select string_agg(format('was.%I', name), ', ') from unnest(plain) name)
            || case when versioned then ', f.version + 1' else '' end || case when has_geom then ', f.old_geom' else '' end);
    get diagnostics back = row_count;
    select count(*) from pg_temp.former_row f where not f.came into due;
    return jsonb_build_object('removed', removed, 'back', back, 'restored', restored, 'edited', edited + due - back - restored);
end $$;
revoke execute on function arpent.take_back_rows from public;
grant execute on function arpent.take_back_rows to arpent_worker;
