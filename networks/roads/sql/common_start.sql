-- How many metres two lines run together from their starts, whatever vertices each has on the way.
create or replace function arpent.common_start(one geometry, other geometry) returns float8
language plpgsql immutable set search_path = pg_catalog, public as $$
declare
    near constant float8 := 0.0005;
    at geometry := st_startpoint(one);
    ones int := 2;
    others int := 2;
    next_one geometry;
    next_other geometry;
    metres float8 := 0;
begin
    if st_distance(at, st_startpoint(other)) > near then
        return 0;
    end if;
    while ones <= st_npoints(one) and others <= st_npoints(other) loop
        next_one := st_pointn(one, ones);
        next_other := st_pointn(other, others);
        if st_distance(next_one, next_other) <= near then
            ones := ones + 1;
            others := others + 1;
        elsif st_distance(next_other, st_makeline(at, next_one)) <= near then
            others := others + 1;
            next_one := next_other;
        elsif st_distance(next_one, st_makeline(at, next_other)) <= near then
            ones := ones + 1;
        else
            exit;
        end if;
        metres := metres + st_distance(at, next_one);
        at := next_one;
    end loop;
    return metres;
end $$;
