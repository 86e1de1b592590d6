-- Unbound assets beside what was or is a section that a transaction changed are bound to the nearest of all sections within
-- reach, which may be one that did not change; how many were.
create or replace function arpent.bind_loose(here bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    reach constant float8 := arpent.road_reach();
    points bigint;
    lines bigint;
begin
    with changed as materialized (
        select l.line, st_expand(l.line, reach) as box
        from arpent.sections_changed(here) c, lateral (values (c.before), (c.after)) l (line) where l.line is not null
    ), loose as materialized (
        select distinct a.id, a.geom from changed c join road_asset a on a.section_id is null
            and a.geom && c.box and st_dwithin(a.geom, c.line, reach)
    )
    update road_asset a set section_id = n.id, from_m = b.from_m, offset_m = b.offset_m, side = b.side
    from loose l, lateral arpent.nearest_section(l.geom) n, lateral arpent.point_along(n.geom, l.geom) b
    where a.id = l.id and n.id is not null;
    get diagnostics points = row_count;
    with changed as materialized (
        select l.line, st_expand(l.line, reach) as box
        from arpent.sections_changed(here) c, lateral (values (c.before), (c.after)) l (line) where l.line is not null
    ), loose as materialized (
        select distinct t.id, t.geom from changed c join road_stretch t on t.section_id is null
            and t.geom && c.box and st_dwithin(st_lineinterpolatepoint(t.geom, 0.5), c.line, reach)
    )
    update road_stretch t set section_id = n.id, from_m = b.from_m, to_m = b.to_m, offset_m = b.offset_m, side = b.side
    from loose l, lateral arpent.nearest_section(l.geom) n, lateral arpent.stretch_along(n.geom, l.geom) b
    where t.id = l.id and n.id is not null;
    get diagnostics lines = row_count;
    return points + lines;
end $$;
