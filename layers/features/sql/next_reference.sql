-- The next reference of a pattern (its commune is already there) of a member in a layer, which nobody has yet. The row of the
-- counter is locked until the transaction ends: two writers wait for each other, and a number that is given back leaves no
-- gap. The references that are there are read when a pattern begins, and again when its next number is taken.
-- Refuses somebody who may not write the rows of this member; for a row that is being made, its policy decides.
create or replace function arpent.next_reference(layer bigint, member bigint, wanted text) returns text
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    target regclass;
    key_column text;
    parts text[] := regexp_match(wanted, '^(.*)\{(0+)\}(.*)$');
    number bigint;
    reference text;
    taken boolean := true;
begin
    if pg_trigger_depth() = 0 and not (arpent.is_agency() or member = any (arpent.writers())) then
        raise insufficient_privilege using message = 'the objects of this member are not yours to number';
    end if;
    select to_regclass('public.' || quote_ident(l."table")), l.key_column into strict target, key_column
        from public.catalogue_layer l where l.id = layer;
    update public.features_referencecounter c set last = c.last + 1
        where c.owner_id = member and c.layer_id = layer and c.pattern = wanted
        returning c.last into number;
    while taken loop
        if number is null then
            insert into public.features_referencecounter as kept (owner_id, layer_id, pattern, last)
                values (member, layer, wanted, 1 + arpent.last_reference(target, key_column, member, parts[1], parts[3]))
                on conflict (owner_id, layer_id, pattern)
                do update set last = greatest(kept.last + 1, excluded.last) returning last into number;
        end if;
        reference := parts[1] || lpad(number::text, greatest(length(parts[2]), length(number::text)), '0') || parts[3];
        execute format('select exists (select from %s where owner_id = $1 and %I = $2)', target, key_column)
            into taken using member, reference;
        number := null;
    end loop;
    return reference;
end $$;
revoke execute on function arpent.next_reference from public;
grant execute on function arpent.next_reference to arpent_web;
