-- Where the closed direction of a stretch heads, in degrees from the north: from the first end of its longest line to the last
-- one, or back; null where none is known.
create or replace function arpent.closed_bearing(stretch geometry, way text) returns int
language sql immutable parallel safe set search_path = pg_catalog, public as $$
    select (round(degrees(st_azimuth(st_startpoint(l.geom), st_endpoint(l.geom))))::int
            + case way when 'backward' then 180 else 0 end) % 360
    from st_dump(st_linemerge(stretch)) l where way is not null order by st_length(l.geom) desc limit 1
$$;
