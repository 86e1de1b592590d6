-- The indexes by which the rows of a layer are found by their reference: those of each owner, and those that are shared;
-- all of them where whoever sees the layer sees its rows. Safe to repeat; a column that is no text or whole number has none.
create or replace function arpent.index_reference(target regclass, scope text, key_column text) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare
    name text := left((select relname from pg_class where oid = target), 46);
    folded text := format('arpent.fold_reference(%I::text) text_pattern_ops', key_column);
begin
    if not exists (select from pg_attribute where attrelid = target and attname = key_column and not attisdropped
            and atttypid in ('text'::regtype, 'varchar'::regtype, 'integer'::regtype, 'bigint'::regtype)) then
        return;
    end if;
    if scope = 'layer' then
        execute format('create index if not exists %I on %s (%s)', name || '_ref_searched', target, folded);
    elsif scope = 'owner' then
        execute format('create index if not exists %I on %s (owner_id, %s)', name || '_ref_searched', target, folded);
    end if;
    if scope = 'owner' and exists (select from pg_attribute where attrelid = target and attname = 'shared_with') then
        execute format('create index if not exists %I on %s (%s) where shared_with <> ''{}''',
            name || '_ref_shared', target, folded);
    end if;
end $$;
revoke execute on function arpent.index_reference from public;
