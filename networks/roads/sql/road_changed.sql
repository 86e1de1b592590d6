-- The axes of a road are stale. Shares a lock that whoever measures the road holds alone: a change that it did not read waits
-- for its end, and is not lost on an axis that is being replaced.
create or replace function arpent.road_changed(number text, department text) returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    if number is null then
        return;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('arpent road ' || number, 0));
    update public.road_axis a set stale = true
        where a.route = number and a.department = road_changed.department and not a.stale;
end $$;
