-- Trigger of a layer that changes hands: its objects and photos do too, in the same transaction.
create or replace function arpent.layer_given() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform arpent.give_layer(new.id);
    return null;
end $$;
