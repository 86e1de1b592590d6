-- Unbound assets within 15 m of a section that a transaction changed are bound to the nearest of those; how many were.
create or replace function arpent.bind_loose(here bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    reach constant float8 := 15;
    points bigint;
    lines bigint;
begin
    with changed as materialized (
        select c.section_id, c.after, st_expand(c.after, reach) as box from arpent.sections_changed(here) c where c.after is not null
    ), nearest as materialized (
        select distinct on (a.id) a.id, a.geom, c.section_id, c.after from changed c join road_asset a on a.section_id is null
            and a.geom && c.box and st_dwithin(a.geom, c.after, reach) order by a.id, st_distance(a.geom, c.after), c.section_id
    )
    update road_asset a set section_id = n.section_id, from_m = b.from_m, offset_m = b.offset_m, side = b.side
    from nearest n, lateral arpent.point_along(n.after, n.geom) b where a.id = n.id;
    get diagnostics points = row_count;
    with changed as materialized (
        select c.section_id, c.after, st_expand(c.after, reach) as box from arpent.sections_changed(here) c where c.after is not null
    ), nearest as materialized (
        select distinct on (t.id) t.id, t.geom, c.section_id, c.after from changed c join road_stretch t on t.section_id is null
            and t.geom && c.box and st_dwithin(st_lineinterpolatepoint(t.geom, 0.5), c.after, reach)
        order by t.id, st_distance(st_lineinterpolatepoint(t.geom, 0.5), c.after), c.section_id
    )
    update road_stretch t set section_id = n.section_id, from_m = b.from_m, to_m = b.to_m, offset_m = b.offset_m, side = b.side
    from nearest n, lateral arpent.stretch_along(n.after, n.geom) b where t.id = n.id;
    get diagnostics lines = row_count;
    return points + lines;
end $$;
