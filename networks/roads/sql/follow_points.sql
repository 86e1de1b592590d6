-- Assets at one place follow the sections that a transaction changed (arpent.follow_sections); how many did.
create or replace function arpent.follow_points(here bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    near constant float8 := 0.00002;
    followed bigint;
begin
    with changed as materialized (select * from arpent.sections_changed(here)),
    concerned as materialized (
        select a.id, a.owner_id, a.geom, a.section_id, a.from_m, c.before, c.after, f.foot, st_expand(f.foot, near) as box
        from changed c join road_asset a on a.section_id = c.section_id,
            lateral (select st_lineinterpolatepoint(c.before, least(1, greatest(0, a.from_m / greatest(st_length(c.before), 1e-9)))) as foot) f
        where c.before is not null
            -- Bound to a line that this transaction made meanwhile: its binding is that of now.
            and abs(st_distance(f.foot, a.geom) - a.offset_m) < 0.001
    ), housed as materialized (
        select o.*, h.id as home, h.geom as line from concerned o left join lateral (
            select s.id, s.geom from road_section s where s.geom && o.box and st_dwithin(s.geom, o.foot, near)
                and exists (select from public.road_change r where r.xact = here and r.section_id = s.id)
            order by s.id <> o.section_id, st_distance(s.geom, o.foot), s.id limit 1) h on true
    ), parts as materialized (
        select c.section_id, p.* from changed c, lateral arpent.changed_parts(c.before, c.after) p
        where c.before is not null and c.after is not null
            and exists (select from housed h where h.section_id = c.section_id and h.home is null)
    ), led as (
        select h.id, h.home, h.line, h.foot, h.geom as place, h.geom, null::float8 as at_m from housed h where h.home is not null
        union all
        select h.id, case when k.carried is not null then h.section_id end, h.after, null, coalesce(k.carried, h.geom), h.geom,
            case when st_equals(st_startpoint(p.line), st_startpoint(h.after)) or p.line is null then w.at_new
                else st_length(p.line) - w.at_new end
        from housed h left join lateral (
                select p.* from parts p where p.section_id = h.section_id and h.from_m between p.head - near and p.head + p.was + near
                order by h.from_m < p.head or h.from_m > p.head + p.was, p.head limit 1) p on true,
            lateral arpent.carry_place(h.before, p.head, p.was, p.new_head, p.becomes, p.line, h.from_m, h.geom) w,
            lateral (select case when arpent.goes_along(h.owner_id, h.section_id, h.geom, w.carried) then w.carried end as carried) k
        where h.home is null
    ), bound as (
        select l.id, l.home, l.place, case when l.home is not null then coalesce(l.at_m, b.from_m) end as from_m,
            case when l.home is not null then l.line end as line, b.offset_m
        from led l, lateral arpent.point_along(case when l.home is not null then l.line end, l.place,
            case when l.at_m is not null then st_lineinterpolatepoint(l.line, least(1, greatest(0, l.at_m / greatest(st_length(l.line), 1e-9))))
                else l.foot end) b
    )
    update road_asset a set geom = b.place, delivered = arpent.followed(a.delivered, a.geom, b.place), section_id = b.home, from_m = b.from_m, offset_m = b.offset_m,
        side = case when b.home is not null then arpent.side_of((arpent.beside_line(b.line, b.from_m, b.place)).leftward) end
    from bound b where a.id = b.id and (a.section_id is distinct from b.home or not a.geom = b.place
        or abs(a.from_m - b.from_m) > 0.0001 or abs(a.offset_m - b.offset_m) > 0.0001
        or a.side is distinct from arpent.side_of((arpent.beside_line(b.line, b.from_m, b.place)).leftward));
    get diagnostics followed = row_count;
    return followed;
end $$;
