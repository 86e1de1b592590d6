-- Trigger of tables with hard rules, at the end of the writer's work (deferred): a row that was made or moved keeps them.
-- Writers of one layer take turns here: neither would see what the other has not committed. tg_argv: the layer's id.
create or replace function arpent.check_rules() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    layer bigint := tg_argv[0];
    rule jsonb;
    fault record;
begin
    perform pg_advisory_xact_lock(hashtextextended('arpent rules', layer));
    for rule in select one from public.catalogue_layer l, jsonb_array_elements(l.rules) one
        where l.id = layer and (one ->> 'hard')::boolean and one ->> 'kind' <> 'unique' loop
        select * into fault from arpent.rule_faults(tg_relid, rule, array[new.id]) limit 1;
        if found then
            raise exception using errcode = 'AR002', message = 'a rule of the layer is broken',
                detail = jsonb_build_object('kind', rule ->> 'kind', 'id', fault.id, 'other', fault.other,
                    'x', st_x(fault.place), 'y', st_y(fault.place))::text;
        end if;
    end loop;
    return null;
end $$;
