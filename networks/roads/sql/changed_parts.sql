-- How a line became another one, in parts between the places that both have in common: the metres at which a part begins on the
-- former line and how long it was, the same on the new line, and that as the former one runs (`line`: a reversed one turned back).
create or replace function arpent.changed_parts(before geometry, after geometry)
returns table (head float8, was float8, new_head float8, becomes float8, line geometry)
language plpgsql immutable set search_path = pg_catalog, public as $$
declare
    near constant float8 := 0.0005;
    whole float8 := st_length(before);
    new_whole float8 := st_length(after);
    turned geometry := st_reverse(after);
    start_m float8 := arpent.common_start(before, after);
    end_m float8 := arpent.common_start(st_reverse(before), turned);
    at_m float8;
    at_new float8;
    vertex record;
begin
    line := after;
    if start_m + end_m = 0 and arpent.common_start(before, turned) + arpent.common_start(st_reverse(before), after) > 0 then
        line := turned;
        start_m := arpent.common_start(before, turned);
        end_m := arpent.common_start(st_reverse(before), after);
    end if;
    start_m := least(start_m, whole, new_whole);
    end_m := least(end_m, whole - start_m, new_whole - start_m);
    head := start_m;
    new_head := start_m;
    for vertex in
        with old_ones as (
            select v.place, sum(v.step) over (order by v.n) as m from (
                select d.path[1] as n, d.geom as place,
                    coalesce(st_distance(d.geom, lag(d.geom) over (order by d.path[1])), 0) as step from st_dumppoints(before) d) v
        ), new_ones as (
            select v.place, sum(v.step) over (order by v.n) as m from (
                select d.path[1] as n, d.geom as place,
                    coalesce(st_distance(d.geom, lag(d.geom) over (order by d.path[1])), 0) as step from st_dumppoints(line) d) v
        )
        select o.m as old_m, n.m as new_m from old_ones o join new_ones n on st_distance(o.place, n.place) <= near
        where o.m > start_m + near and o.m < whole - end_m - near and n.m > start_m + near and n.m < new_whole - end_m - near
        order by o.m, n.m
    loop
        if vertex.old_m > head + near and vertex.new_m > new_head + near then
            was := vertex.old_m - head;
            becomes := vertex.new_m - new_head;
            return next;
            head := vertex.old_m;
            new_head := vertex.new_m;
        end if;
    end loop;
    was := whole - end_m - head;
    becomes := new_whole - end_m - new_head;
    return next;
end $$;
