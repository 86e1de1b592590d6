-- The texts of some columns of every row of a table that only functions read, in the order of their ids: among them the worker
-- looks for a person who asks what is known of them. For the worker.
create or replace function arpent.closed_texts(name text, columns text[]) returns table (id bigint, texts text[])
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return query execute format('select o.id, array[%s] from public.%I o order by o.id', (
        select string_agg(format('coalesce(o.%I::text, '''')', given.name), ', ' order by given.place)
        from unnest(columns) with ordinality as given (name, place)), name);
end $$;
revoke execute on function arpent.closed_texts from public;
grant execute on function arpent.closed_texts to arpent_worker;
