-- An edit of one table of a network changed another one: its layers get their next version, for caches.
create or replace function arpent.announce_network(family text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    layer bigint;
begin
    for layer in select l.id from public.catalogue_layer l where l.slug in (family || '-nodes', family || '-pipes', family || '-connections')
        order by l.id loop
        update public.catalogue_layer set extent_4326 = null where id = layer;
    end loop;
end $$;
