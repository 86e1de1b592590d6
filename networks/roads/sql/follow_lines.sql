-- Stretches follow the sections that a transaction changed (arpent.follow_sections); how many did.
create or replace function arpent.follow_lines(here bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    near constant float8 := 0.00002;
    followed bigint;
begin
    with changed as materialized (select * from arpent.sections_changed(here)),
    concerned as materialized (
        select t.id, t.geom, t.section_id, c.before, c.after, f.foot, st_expand(f.foot, near) as box,
            case when arpent.goes_along(t.owner_id, t.section_id, t.geom, w.carried) then w.carried end as carried
        from changed c join road_stretch t on t.section_id = c.section_id,
            lateral (select st_closestpoint(c.before, st_lineinterpolatepoint(t.geom, 0.5)) as foot) f,
            lateral (select case when c.after is not null then arpent.follow_stretch(t.geom, c.before, c.after, here) end as carried
                offset 0) w
        where c.before is not null
    ), housed as materialized (
        select o.id, coalesce(o.carried, o.geom) as place,
            case when o.carried is not null then o.section_id else h.id end as home,
            case when o.carried is not null then o.after else h.geom end as line
        from concerned o left join lateral (
            select s.id, s.geom from road_section s where s.geom && o.box and st_dwithin(s.geom, o.foot, near)
                and exists (select from public.road_change r where r.xact = here and r.section_id = s.id)
            order by s.id <> o.section_id, st_distance(s.geom, o.foot), s.id limit 1) h on true
    )
    update road_stretch t set geom = h.place, delivered = arpent.followed(t.delivered, t.geom, h.place),
        section_id = h.home, from_m = b.from_m, to_m = b.to_m, offset_m = b.offset_m, side = b.side
    from housed h, lateral arpent.stretch_along(h.line, h.place) b
    where t.id = h.id and (t.section_id is distinct from h.home or not t.geom = h.place or abs(t.from_m - b.from_m) > 0.0001
        or abs(t.to_m - b.to_m) > 0.0001 or abs(t.offset_m - b.offset_m) > 0.0001 or t.side is distinct from b.side);
    get diagnostics followed = row_count;
    return followed;
end $$;
