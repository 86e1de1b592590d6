-- What becomes of a stretch along a section whose line changed: vertices whose foot lies on roads that are stay, as do those
-- beyond the reach of the section's ends, which run along other sections; the others go along (carry_place), with a vertex more
-- where the new line bends. Null: all of it stays.
create or replace function arpent.follow_stretch(stretch geometry, before geometry, after geometry, here bigint) returns geometry
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    near constant float8 := 0.00002;
    whole constant float8 := greatest(st_length(before), 1e-9);
    moved boolean;
    made geometry;
begin
    with part as materialized (
        select * from arpent.changed_parts(before, after) p where p.was >= 0.001 and p.becomes >= 0.001
    ), own as materialized (
        -- `along_m` goes on beyond the ends, where every foot is the end.
        select d.geom as place, f.at_m, st_linelocatepoint(stretch, d.geom) as share,
            case when f.at_m <= near then least(0, f.ahead) when f.at_m >= whole - near then whole + greatest(0, f.ahead)
                else f.at_m end as along_m
        from st_dumppoints(stretch) d, lateral (
            select l.at_m, (arpent.beside_line(before, l.at_m, d.geom)).ahead
            from (select st_linelocatepoint(before, d.geom) * whole as at_m) l) f
    ), cuts as (
        -- Where the new line bends, and where a part that moved meets one that did not.
        select p.head + (n.new_m - p.new_head) * p.was / p.becomes as at_m
        from part p, st_dumppoints(p.line) d, lateral (select st_linelocatepoint(p.line, d.geom) * st_length(p.line) as new_m) n
        where n.new_m > p.new_head + near and n.new_m < p.new_head + p.becomes - near
        union select e.at_m from part p, unnest(array[p.head, p.head + p.was]) e(at_m)
    ), every as (
        select v.place, v.at_m, v.share, st_lineinterpolatepoint(before, least(1, v.at_m / whole)) as foot
        from (
            select own.place, own.at_m, own.share from own
            union all
            -- On the stretch between its vertices before and after: the same share of the way.
            select st_lineinterpolatepoint(st_makeline(a.place, z.place), w.way), c.at_m, a.share + w.way * (z.share - a.share)
            from cuts c, lateral (select * from own where own.along_m < c.at_m order by own.along_m desc limit 1) a,
                lateral (select * from own where own.along_m > c.at_m order by own.along_m limit 1) z,
                lateral (select (c.at_m - a.along_m) / (z.along_m - a.along_m) as way) w
            where not exists (select from own where abs(own.along_m - c.at_m) < 0.001)
        ) v
    ), stands as (
        select e.*, (e.at_m <= near or e.at_m >= whole - near) and st_distance(e.place, e.foot) > arpent.road_reach()
            or exists (select from public.road_section s where s.geom && st_expand(e.foot, near)
                and st_dwithin(s.geom, e.foot, near)
                and exists (select from public.road_change c where c.xact = here and c.section_id = s.id)) as stays
        from every e
    ), gone as (
        select t.share, t.stays, t.place, w.carried from stands t left join lateral (
            select p.* from part p where t.at_m between p.head - near and p.head + p.was + near
            order by t.at_m < p.head or t.at_m > p.head + p.was, p.head limit 1) p on not t.stays,
            lateral arpent.carry_place(before, p.head, p.was, p.new_head, p.becomes, p.line, t.at_m, t.place) w
    )
    select bool_or(not g.stays and g.carried is not null),
        st_makeline(coalesce(case when not g.stays then g.carried end, g.place) order by g.share)
    into moved, made from gone g;
    if not moved then
        return null;
    end if;
    return st_simplify(made, 0.0001);
end $$;
