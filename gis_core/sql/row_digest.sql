-- An expression for the digest of a row's content, its version aside: two rows with the same digest are alike.
create or replace function arpent.row_digest(target regclass, alias text) returns text
language sql stable set search_path = pg_catalog as $$
    select format('hashtextextended(row(%s)::text, 0)', string_agg(format('%I.%I', alias, attname), ', ' order by attnum))
    from pg_attribute where attrelid = target and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'version'
$$;
