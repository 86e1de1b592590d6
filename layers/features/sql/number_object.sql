-- Trigger before somebody makes a row (imports do not ask it): where its reference is empty, and its member numbers the layer
-- (features_numbering) by a reference that is text, it has the next one of its pattern (next_reference).
create or replace function arpent.number_object() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    given jsonb;
    place geometry;
    rule record;
    wanted text;
    reference text;
begin
    select l.id, l.key_column, n."column", n.patterns into rule
        from public.features_numbering n join public.catalogue_layer l on l.id = n.layer_id
        where l."table" = tg_table_name and n.owner_id = new.owner_id and exists (
            select from pg_attribute a join pg_type t on t.oid = a.atttypid
            where a.attrelid = tg_relid and a.attname = l.key_column and not a.attisdropped and t.typcategory = 'S')
        order by l.id limit 1;
    if not found then
        return new;
    end if;
    given := to_jsonb(new) - 'geom' - 'geom_3857';
    if coalesce(given ->> rule.key_column, '') <> '' then
        return new;
    end if;
    wanted := coalesce(rule.patterns ->> coalesce(given ->> rule."column", ''), rule.patterns ->> '');
    if wanted is null then
        return new;
    end if;
    if position('{insee}' in wanted) > 0 then
        place := st_pointonsurface(new.geom);
        wanted := replace(wanted, '{insee}', coalesce((select c.insee from public.gis_core_commune c
            where c.geom && place and st_intersects(c.geom, place) order by c.insee limit 1), ''));
    end if;
    reference := arpent.next_reference(rule.id, new.owner_id, wanted);
    return jsonb_populate_record(new, jsonb_build_object(rule.key_column, reference));
end $$;
