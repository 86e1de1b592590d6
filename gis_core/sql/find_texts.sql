-- The rows of a table in whose columns a folded text (no accents, small letters) fits a regular expression: the newest first, so
-- many at most. Among them the worker looks for a person who asks what is known of them. For the worker.
create or replace function arpent.find_texts(name text, columns text[], pattern text, most integer)
returns table (id bigint, texts text[])
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    -- Letters that gis_core.folding takes for no letter, where unaccent would have another one.
    others constant text := 'ıđĐðÐþÞħĦŧŦŋŊ';
    given_texts text := (
        select string_agg(format('coalesce(o.%I::text, '''')', given.name), ', ' order by given.place)
        from unnest(columns) with ordinality as given (name, place));
begin
    return query execute format(
        'select o.id::bigint, array[%s] from public.%I o where lower(public.unaccent(translate(concat_ws('' '', %s), $3, repeat('' '', length($3))))) ~ $1'
        ' order by o.id desc limit $2', given_texts, name, given_texts) using pattern, most, others;
end $$;
revoke execute on function arpent.find_texts from public;
grant execute on function arpent.find_texts to arpent_worker;
