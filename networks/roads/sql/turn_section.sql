-- Trigger before a section of road is changed: where its line is turned round, what it says of its left and right and of
-- the direction of its traffic is turned with it. What the same change says anew is taken as it is said. `turned` in `more`
-- tells the next import of a source's rows that its line runs the other way.
create or replace function arpent.turn_section() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    near constant float8 := 0.05;
    points int := st_npoints(old.geom);
begin
    if new.geom = old.geom or st_npoints(new.geom) <> points
            or st_distance(st_startpoint(new.geom), st_endpoint(old.geom)) > near
            or st_distance(st_startpoint(old.geom), st_endpoint(new.geom)) > near
            or exists (select from generate_series(1, points) n
                where st_distance(st_pointn(new.geom, n), st_pointn(old.geom, points + 1 - n)) > near) then
        return new;
    end if;
    new.geom := st_reverse(old.geom);
    if new.more ? 'delivered' then
        new.more := new.more || jsonb_build_object('turned', not coalesce((new.more ->> 'turned')::boolean, false));
    end if;
    if (new.name_left, new.name_right) is not distinct from (old.name_left, old.name_right) then
        new.name_left := old.name_right;
        new.name_right := old.name_left;
    end if;
    if (new.insee_left, new.insee_right) is not distinct from (old.insee_left, old.insee_right) then
        new.insee_left := old.insee_right;
        new.insee_right := old.insee_left;
    end if;
    if new.traffic_way = old.traffic_way then
        new.traffic_way := case old.traffic_way when 'forward' then 'backward' when 'backward' then 'forward'
            else old.traffic_way end;
    end if;
    return new;
end $$;
