-- The works that a stretch of road meets, with the metres that they share: on the same days (or the day before or after: whoever asks
-- knows whose last night ends there), or one digs where the other left a
-- new surface less than so many months before. Those whom the asker sees, cancelled ones apart; the stretch goes in pieces, for
-- the box of a long one holds half a county. Works on roads that only cross on a bridge do not meet.
create or replace function arpent.works_met(stretch geometry, first_day date, last_day date, digs boolean, surfaces boolean,
    within_m float8, fresh_months int) returns table (work_id bigint, same_days boolean, metres float8)
language sql stable set search_path = pg_catalog, public as $$
    with pieces as materialized (
        select p as geom, st_expand(p, within_m) as box from st_subdivide(stretch, 16) p
    ), near as materialized (
        select distinct w.id + 0 as id, w.geom, w.starts_on <= last_day + 1 and w.ends_on >= first_day - 1 as same_days
        from pieces p join road_work w on w.geom && p.box and st_dwithin(w.geom, p.geom, within_m)
        where w.state <> 'cancelled' and (
            (w.starts_on <= last_day + 1 and w.ends_on >= first_day - 1)
            or (digs and w.new_surface and w.ends_on < first_day and w.ends_on >= first_day - make_interval(months => fresh_months))
            or (surfaces and w.kind in ('water', 'sewer', 'network') and w.starts_on > last_day
                and w.starts_on <= last_day + make_interval(months => fresh_months)))
    ), met as materialized (
        select n.id, n.same_days, n.geom, st_length(st_intersection(n.geom, st_buffer(stretch, within_m))) as metres from near n
    )
    select m.id, m.same_days, m.metres from met m
    -- Those that share more do not only cross. The sections of the stretch are asked for once, where there is a bridge.
    where m.metres > 6 * within_m or not arpent.near_a_bridge(stretch, m.geom)
        or not arpent.roads_apart((select array(select arpent.sections_under(stretch))), m.geom)
$$;
