-- Put a layer's hard rules in place on its table, as the catalogue says them: unique references as indexes, the others as
-- constraint triggers for rows that are made or moved from now on. For the worker; safe to repeat.
-- A trigger's condition is read again where no schema is searched (a restore), where `is distinct from` finds no operator of
-- PostGIS: it names its own.
create or replace function arpent.apply_layer_rules(layer_id bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    layer public.catalogue_layer;
    target regclass;
    rule jsonb;
    former text;
begin
    select * into layer from public.catalogue_layer l where l.id = layer_id;
    target := to_regclass(format('public.%I', layer."table"));
    if target is null or layer."table" !~ '^layer_' then
        return;
    end if;
    for former in select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indrelid = target and c.relname like 'rule_unique_%' loop
        execute format('drop index public.%I', former);
    end loop;
    execute format('drop trigger if exists arpent_910_rules_insert on %1$s; drop trigger if exists arpent_910_rules_update on %1$s', target);
    for rule in select one from jsonb_array_elements(layer.rules) one where (one ->> 'hard')::boolean loop
        if rule ->> 'kind' = 'unique' then
            -- A former table of the layer may still have it.
            execute format('drop index if exists public.%I', left('rule_unique_' || layer_id || '_' || (rule ->> 'column'), 63));
            execute format('create unique index %I on %s (owner_id, %I) nulls not distinct where %3$I is not null',
                left('rule_unique_' || layer_id || '_' || (rule ->> 'column'), 63), target, rule ->> 'column');
        end if;
    end loop;
    if exists (select from jsonb_array_elements(layer.rules) one where (one ->> 'hard')::boolean and one ->> 'kind' <> 'unique') then
        execute format('create constraint trigger arpent_910_rules_insert after insert on %s deferrable initially deferred
            for each row execute function arpent.check_rules(%s)', target, layer_id);
        execute format('create constraint trigger arpent_910_rules_update after update on %s deferrable initially deferred
            for each row when ((old.geom operator(public.=) new.geom) is not true or old.owner_id is distinct from new.owner_id)
            execute function arpent.check_rules(%s)', target, layer_id);
    end if;
end $$;
revoke execute on function arpent.apply_layer_rules from public;
grant execute on function arpent.apply_layer_rules to arpent_worker;
