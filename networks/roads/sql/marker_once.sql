-- Trigger before a marker is made or changed: nobody else changes markers or roads until it is there for others to see
-- (an import reads them before it writes), and a road has one of each number and carriageway in a Département. The constraint
-- says so, too, but not whose the other one is.
create or replace function arpent.marker_once() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    other text;
begin
    perform pg_advisory_xact_lock(hashtextextended('arpent roads', 0));
    select m.name into other from public.road_marker r join public.gis_core_member m on m.id = r.owner_id
        where (r.route, r.department, r.number, r.carriageway) = (new.route, new.department, new.number, new.carriageway)
            and r.id <> new.id;
    if found then
        raise exception using errcode = 'unique_violation', constraint = 'road_marker_once', table = 'road_marker',
            message = 'the road has this marker already', detail = jsonb_build_object('other', other, 'route', new.route,
                'department', new.department, 'number', new.number, 'carriageway', new.carriageway)::text;
    end if;
    return new;
end $$;
