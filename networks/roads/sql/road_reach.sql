-- How far from a section of road an asset is bound to it: 15 m, and what rounding adds to one that was placed there.
create or replace function arpent.road_reach() returns float8
language sql immutable parallel safe
return 15.001::float8;
