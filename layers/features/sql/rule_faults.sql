-- Which of these rows of a layer's table break one of its rules: the row, the other one where there is one, and where.
-- Rows of two members never meet here, so that a rule tells nothing of another's.
create or replace function arpent.rule_faults(target regclass, rule jsonb, ids bigint[])
returns table (id bigint, other bigint, place public.geometry)
language plpgsql stable set search_path = pg_catalog, public as $$
declare
    tolerance float8 := (rule ->> 'tolerance_m')::float8;
    statement text;
begin
    case rule ->> 'kind'
        when 'valid' then
            statement := 'select t.id, null::bigint, coalesce((st_isvaliddetail(t.geom)).location, st_centroid(st_envelope(t.geom)))
                from %1$s t where t.id = any ($1) and not st_isvalid(t.geom)';
        when 'inside_territory' then
            tolerance := coalesce(tolerance, 1);
            statement := 'select t.id, null::bigint, st_pointonsurface(t.geom) from %1$s t
                cross join lateral (
                    select st_union(c.geom) as geom from gis_core_territory m join gis_core_commune c on c.insee = m.insee
                    where m.member_id = t.owner_id and c.geom && st_expand(t.geom, $2)) land
                where t.id = any ($1) and st_isvalid(t.geom)
                    and exists (select from gis_core_territory m where m.member_id = t.owner_id)
                    and not case when land.geom is null then false when st_covers(land.geom, t.geom) then true
                        else st_covers(st_buffer(land.geom, $2), t.geom) end';
        when 'unique' then
            statement := format('select t.id, min(o.id), st_pointonsurface(t.geom) from %%1$s t join %%1$s o
                    on o.%1$I = t.%1$I and o.id <> t.id and o.owner_id is not distinct from t.owner_id
                where t.id = any ($1) group by t.id', rule ->> 'column');
        when 'no_overlap' then
            tolerance := coalesce(tolerance, 0.01);
            statement := 'select t.id, o.id, st_pointonsurface(x.geom) from %1$s t join %1$s o
                    on o.geom && st_expand(t.geom, case when st_dimension(t.geom) = 0 then $2 else 0 end)
                    and o.id <> t.id and o.owner_id is not distinct from t.owner_id
                cross join lateral (select case
                    when not st_isvalid(t.geom) or not st_isvalid(o.geom) then null
                    when st_dimension(t.geom) = 0 then case when st_dwithin(t.geom, o.geom, $2) then t.geom end
                    when not st_intersects(t.geom, o.geom) then null
                    else st_collectionextract(st_intersection(t.geom, o.geom), st_dimension(t.geom) + 1) end as geom) x
                where t.id = any ($1) and not st_isempty(x.geom) and case st_dimension(t.geom)
                    when 2 then not st_isempty(st_buffer(x.geom, -$2 / 2)) when 1 then st_length(x.geom) > $2 else true end';
        when 'snapped_ends' then
            tolerance := coalesce(tolerance, 0.5);
            statement := 'select t.id, o.id, e.geom from %1$s t, st_dump(t.geom) d
                cross join lateral (values (st_startpoint(d.geom)), (st_endpoint(d.geom))) e (geom)
                cross join lateral (
                    select n.id, st_distance(n.geom, e.geom) as gap from %1$s n
                    where n.geom && st_expand(e.geom, $2) and n.id <> t.id and n.owner_id is not distinct from t.owner_id
                        and st_dwithin(n.geom, e.geom, $2) order by gap limit 1) o
                where t.id = any ($1) and st_dimension(t.geom) = 1 and o.gap > 0.001';
        else
            return;
    end case;
    return query execute format(statement, target) using ids, tolerance;
end $$;
