-- Give the objects of a member that have no reference the next ones of their pattern: by commune, then from north to south in
-- bands of 500 m, from west to east. `apart` are values that the pattern of all other values leaves. One row for each object,
-- with its pattern in which its commune is written; `most` objects at once, none where the member has no pattern.
-- It writes as the asker, so that rights, versions and history are those of every other edit.
create or replace function arpent.number_missing(layer bigint, member bigint, apart text[], most integer)
returns table (pattern text, reference text)
language plpgsql set search_path = pg_catalog, public as $$
declare
    rule record;
    object record;
    value text := quote_literal('');
begin
    select l."table", l.key_column, n."column", n.patterns into rule
        from features_numbering n join catalogue_layer l on l.id = n.layer_id
        where n.layer_id = layer and n.owner_id = member;
    if not found then
        return;
    end if;
    if rule."column" <> '' then
        value := format('coalesce(t.%I::text, %L)', rule."column", '');
    end if;
    for object in execute format($of$
        select t.id, c.insee, p.wanted from %1$I t
        cross join lateral (select st_pointonsurface(t.geom) as point, coalesce($2 ->> %2$s,
            case when %2$s = any ($3) then null else $2 ->> '' end) as wanted) p
        left join lateral (select c.insee from gis_core_commune c
            where c.geom && p.point and st_intersects(c.geom, p.point) order by c.insee limit 1) c on true
        where t.owner_id = $1 and coalesce(t.%3$I, '') = '' and p.wanted is not null
        order by c.insee nulls last, floor(st_y(p.point) / 500) desc, st_x(p.point), t.id
        limit $4
        $of$, rule."table", value, rule.key_column) using member, rule.patterns, apart, most
    loop
        pattern := replace(object.wanted, '{insee}', coalesce(object.insee, ''));
        reference := arpent.next_reference(layer, member, pattern);
        execute format('update %I set %I = $1 where id = $2', rule."table", rule.key_column) using reference, object.id;
        return next;
    end loop;
end $$;
revoke execute on function arpent.number_missing from public;
grant execute on function arpent.number_missing to arpent_web;
