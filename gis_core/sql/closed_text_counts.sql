-- The same texts, each once with how many rows have them: of journals, whose lines are counted. For the worker.
create or replace function arpent.closed_text_counts(name text, columns text[]) returns table (texts text[], lines bigint)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return query execute format('select array[%s], count(*) from public.%I o group by 1', (
        select string_agg(format('coalesce(o.%I::text, '''')', given.name), ', ' order by given.place)
        from unnest(columns) with ordinality as given (name, place)), name);
end $$;
revoke execute on function arpent.closed_text_counts from public;
grant execute on function arpent.closed_text_counts to arpent_worker;
