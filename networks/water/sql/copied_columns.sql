-- The columns that the new piece of a split pipe takes over: all but what is its own.
create or replace function arpent.copied_columns(target regclass) returns text
language sql stable set search_path = pg_catalog as $$
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = target and attnum > 0 and not attisdropped and attgenerated = ''
        and attname <> all ('{id,version,reference,geom,start_node_id,end_node_id,start_z,end_z,declared_length_m}');
$$;
