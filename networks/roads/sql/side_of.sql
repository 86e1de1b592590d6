-- The side of a line on which a place lies that is so many metres to its left: within 5 cm it is on the line.
create or replace function arpent.side_of(leftward float8) returns text
language sql immutable set search_path = pg_catalog as $$
    select case when leftward > 0.05 then 'left' when leftward < -0.05 then 'right' else 'on' end;
$$;
