-- What is remembered of what a source delivered, once a road has taken an asset from one place to another: where it has, for the
-- next delivery not to take that for a correction; nothing where somebody had moved the asset before.
create or replace function arpent.followed(delivered jsonb, before geometry, after geometry) returns jsonb
language sql immutable set search_path = pg_catalog, public as $$
    select case
        when delivered is null or before = after then delivered
        when st_hausdorffdistance(st_geomfromtext(coalesce(delivered ->> 'followed', delivered ->> 'place'), 2154), before) < 0.01
            then delivered || jsonb_build_object('followed', st_astext(after, 3))
        else delivered end
$$;
