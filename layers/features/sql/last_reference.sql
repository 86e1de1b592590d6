-- The greatest number among the references of an owner that begin and end so, 0 where there is none.
create or replace function arpent.last_reference(target regclass, key_column text, owner bigint, beginning text, ending text)
returns bigint language plpgsql stable set search_path = pg_catalog, public as $$
declare
    last bigint;
begin
    execute format('select coalesce(max((regexp_match(%I, $2))[1]::bigint), 0) from %s where owner_id = $1', key_column, target)
        into last using owner, '^' || regexp_replace(beginning, '([^[:alnum:]])', '\\\1', 'g') || '(\d{1,15})'
            || regexp_replace(ending, '([^[:alnum:]])', '\\\1', 'g') || '$';
    return last;
end $$;
revoke execute on function arpent.last_reference from public;
