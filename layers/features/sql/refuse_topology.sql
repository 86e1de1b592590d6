-- Refuse an edit that would break a network: what is wrong, with which object, with which other one, where.
create or replace function arpent.refuse_topology(kind text, id bigint, other bigint, place public.geometry) returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    raise exception using errcode = 'AR002', message = 'topology: ' || kind, detail = jsonb_build_object(
        'kind', kind, 'id', id, 'other', other, 'x', st_x(st_centroid(place)), 'y', st_y(st_centroid(place)))::text;
end $$;
